using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace KubeProxyNext.Unit.Fuzz;

/// <summary>
/// Holds readers to what is true of every text. A test makes a few hundred, the same each time; <c>FUZZ_RUNS</c> says how many else, and
/// <c>FUZZ_SEED</c> which.
/// </summary>
internal static class Fuzzing
{
    private const int Few = 500;
    private const ulong UsualSeed = 20_261_121;

    // Any odd number; the seed says which sequence it is.
    private const ulong Gamma = 1442695040888963407;

    public static void Try(IReadOnlyList<byte[]> corpus, Action<byte[]> read) =>
        Try(Mutant.Of(corpus.Count), mutant => read(mutant.Bytes(corpus)));

    public static void Try<T>(Arbitrary<T> cases, Action<T> check)
    {
        var runs = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_RUNS"), out var asked) ? asked : Few;
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out var given) ? given : UsualSeed;
        TestContext.Out.WriteLine($"{runs} runs, FUZZ_SEED={seed}");
        var config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(cases, check));
    }

    /// <summary>Whether a reader comes to an end in one of the ways that it says it does.</summary>
    public static void Allow<TException>(Action read)
        where TException : Exception
    {
        try
        {
            read();
        }
        catch (TException)
        {
            // That is what it says of such texts.
        }
    }
}
