using System.Text.Json.Nodes;

namespace KubeProxyNext.Laboratory;

/// <summary>
/// A Python client that stays and goes on from what it was told before: its sockets are open from one question to the next, and a question costs
/// no new process. One question at a time.
/// </summary>
public sealed class PythonSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Place _place;
    private readonly LabProcess _process;
    private int _asked;

    internal PythonSession(Place place) => (_place, _process) = (place, place.StartPython(Resource.Read("session.py")));

    public int ProcessId => _process.Id;

    /// <summary>Lets it run statements, with the functions of <c>probe.py</c> at hand.</summary>
    /// <returns>The value of the last one as text, or the name of the errno that it ended with.</returns>
    /// <exception cref="LabException">Something else went wrong in it; the message holds its traceback.</exception>
    public async Task<string> AskAsync(string code)
    {
        var number = _asked++;
        await _process.WriteAsync($"{JsonValue.Create(code)!.ToJsonString()}\n");
        try
        {
            var answer = JsonNode.Parse(await _process.Output.WaitForAsync("", Patience, number));
            return answer is JsonValue text ? text.GetValue<string>() : throw new LabException((string?)answer?["fault"] ?? "");
        }
        catch (LabException e)
        {
            throw new LabException($"{_place}: python3\n{code}\n{e.Message}\n{_process.Errors}", e);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
