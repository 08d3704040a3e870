using System.IO.Pipelines;
using System.Text;

namespace Mail.Security.Transports.Tests;

/// <summary>A connection in memory with hardly any buffer: whoever writes waits until the other side reads.</summary>
internal sealed class MemoryLink
{
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 512, resumeWriterThreshold: 256, useSynchronizationContext: false));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 512, resumeWriterThreshold: 256, useSynchronizationContext: false));

    public MemoryLink()
    {
        Client = new LinkStream(_toClient.Reader.AsStream(), _toServer.Writer.AsStream());
        Server = new StreamReader(_toServer.Reader.AsStream(), Encoding.Latin1);
    }

    /// <summary>The client's end.</summary>
    public LinkStream Client { get; }

    /// <summary>What the client writes.</summary>
    public StreamReader Server { get; }

    /// <summary>Writes as the server, and waits until it is read.</summary>
    public async Task SayAsync(string text) => await _toClient.Writer.WriteAsync(Encoding.Latin1.GetBytes(text), Rig.Stop);

    /// <summary>Closes the server's half.</summary>
    public void HangUp() => _toClient.Writer.Complete();
}
