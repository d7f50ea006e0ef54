using KubeProxyNext.Model;

namespace KubeProxyNext.Planning.Layouts;

/// <summary>
/// A Maglev table in the making. Backends claim slots in turns, each in an order of its own, and the first claim has the slot.
/// </summary>
/// <remarks>
/// As the paper has it (Eisenbud et al., NSDI 2016, section 3.4), whose claim fails claims on until it has a slot. The shares are
/// exact then, but when one of 200 backends goes, 1.7 % of 16,381 slots change hands in addition to its own (2 % at worst), since
/// every slot that comes free lets claims through that failed, and puts off those that came after. Were a failed claim just lost,
/// nothing but its own would move, but then shares are left to chance: with 200 backends some are a fifth too large or too small.
/// So a failed claim is lost here unless its backend is behind its share by more than a tolerance, and who is ahead by more than
/// that waits. When a backend claims depends on nothing but itself, so others coming and going do not shift it.
/// </remarks>
internal sealed class MaglevTable
{
    // 8 slots of 16,381 are 0.05 % of the clients. Less than 0.9 % of the slots move then, with half of it up to 1 %.
    private const int Tolerance = 8;

    // A claim seldom hits the last free slots of a table: these would take as many claims again as half of all others.
    private const int LeftOver = 1024;

    // More than any table needs by far: what is still free then is given away as what is left over.
    private const int TurnsPerSlot = 64;

    private const ushort Free = ushort.MaxValue;

    private readonly MaglevTurns _turns;
    private readonly int[] _backends;
    private readonly ulong[] _ids;
    private readonly ulong[] _claims;
    private readonly int[] _shares;
    private readonly int[] _taken;
    private readonly ushort[] _table;
    private int _filled;

    // Everything is held in the order of weights and ids, so that no tie is decided by the order in which backends are listed.
    public MaglevTable(ReadOnlySpan<Backend> backends, int size)
    {
        var sorted = Sort(backends);
        _backends = Array.ConvertAll(sorted, item => item.Index);
        _ids = Array.ConvertAll(sorted, item => item.Id);
        _claims = new ulong[sorted.Length];
        _shares = new int[sorted.Length];
        _taken = new int[sorted.Length];
        _table = new ushort[size];
        _table.AsSpan().Fill(Free);
        var weights = Array.ConvertAll(sorted, item => item.Weight);
        _turns = new MaglevTurns(_ids, weights);
        Apportionment.Divide(weights, size, _shares);
    }

    private int FreeSlots => _table.Length - _filled;

    public ValueArray<ushort> Fill()
    {
        for (var i = 0; i < _ids.Length; i++)
        {
            ClaimUntil(i, taken: 1);
        }

        for (var turn = 0; turn < TurnsPerSlot * _table.Length && FreeSlots > _table.Length / LeftOver; turn++)
        {
            Claim(_turns.Next());
        }

        GiveRest();
        return ValueArray.Create<ushort>(_table);
    }

    private static (ushort Weight, ulong Id, int Index)[] Sort(ReadOnlySpan<Backend> backends)
    {
        var sorted = new (ushort, ulong, int)[backends.Length];
        for (var i = 0; i < backends.Length; i++)
        {
            sorted[i] = (backends[i].Weight, MaglevHash.Of(backends[i]), i);
        }

        Array.Sort(sorted);
        return sorted;
    }

    private void Claim(int backend)
    {
        var tolerance = Math.Min(Tolerance, _shares[backend] / 10.0);
        var due = (double)_shares[backend] * _filled / _table.Length;
        if (_taken[backend] <= due + tolerance)
        {
            ClaimOnce(backend);
            ClaimUntil(backend, due - tolerance);
        }
    }

    private void ClaimUntil(int backend, double taken)
    {
        while (_taken[backend] < taken)
        {
            ClaimOnce(backend);
        }
    }

    private void ClaimOnce(int backend)
    {
        var slot = MaglevHash.Pick(_ids[backend], _claims[backend]++, _table.Length);
        if (_table[slot] == Free)
        {
            Give(slot, backend);
        }
    }

    // Each slot that is left takes, of all backends that have not got their share yet, the one that it likes best.
    private void GiveRest()
    {
        for (var slot = 0; FreeSlots > 0; slot++)
        {
            if (_table[slot] == Free)
            {
                Give(slot, BestFor(slot));
            }
        }
    }

    private int BestFor(int slot)
    {
        var (best, score) = (-1, 0UL);
        for (var i = 0; i < _ids.Length; i++)
        {
            if (_taken[i] < _shares[i] && MaglevHash.Mix(_ids[i] ^ (ulong)slot) is var likes && (best < 0 || likes > score))
            {
                (best, score) = (i, likes);
            }
        }

        return best;
    }

    private void Give(int slot, int backend)
    {
        _table[slot] = (ushort)_backends[backend];
        _taken[backend]++;
        _filled++;
    }
}
