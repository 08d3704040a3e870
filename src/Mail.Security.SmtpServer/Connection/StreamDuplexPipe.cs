using System.IO.Pipelines;

namespace Mail.Security.SmtpServer;

/// <summary>A stream as a pair of pipes. Completing the pipes leaves the stream open.</summary>
internal sealed class StreamDuplexPipe(Stream stream) : IDuplexPipe
{
    private const int Block = 16 * 1024;

    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Block, minimumReadSize: 4096, leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
}
