using System.IO.Pipelines;

namespace Mail.Security.Benchmarks.Session;

/// <summary>
/// The floor of a session: takes what the client wrote and writes as many bytes as the server would answer to it, without a look at either.
/// What is left between it and the session is the protocol.
/// </summary>
internal static class PipeFloor
{
    /// <summary>Answers each whole write with the next length of the list, over and over.</summary>
    /// <param name="pipe">The server's end.</param>
    /// <param name="writes">The bytes of each write of the client and those of the answer to it.</param>
    public static async Task RunAsync(IDuplexPipe pipe, IReadOnlyList<(long Sent, int Answer)> writes)
    {
        var (at, taken) = (0, 0L);
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            taken += read.Buffer.Length;
            pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            if (taken < writes[at].Sent)
                continue;
            pipe.Output.GetSpan(writes[at].Answer)[..writes[at].Answer].Fill((byte)'2');
            pipe.Output.Advance(writes[at].Answer);
            await pipe.Output.FlushAsync();
            (at, taken) = ((at + 1) % writes.Count, 0);
        }
    }
}
