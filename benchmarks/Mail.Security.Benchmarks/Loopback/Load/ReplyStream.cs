using System.Text;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Replies read from a stream, and each compared with the one that is right.</summary>
internal sealed class ReplyStream(Stream stream)
{
    private const int LongestReply = 4096;

    private readonly byte[] _buffer = new byte[LongestReply];
    private int _begin;
    private int _end;

    /// <summary>Writes, then reads one reply.</summary>
    /// <exception cref="InvalidDataException">The reply has another code.</exception>
    public async ValueTask SayAsync(ReadOnlyMemory<byte> bytes, int code, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        await ExpectAsync(code, cancellationToken);
    }

    /// <summary>Reads one reply.</summary>
    /// <exception cref="InvalidDataException">The reply has another code.</exception>
    public async ValueTask ExpectAsync(int code, CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is var (found, text) && found != code)
            throw new InvalidDataException($"not {code} but {(found == 0 ? "the end" : text)}");
    }

    /// <summary>The code of the next reply and its last line; 0 at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">It is not a reply.</exception>
    public async ValueTask<(int Code, string Text)> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = _buffer.AsSpan(_begin, length + 1);
                _begin += length + 1;
                var code = ReplyLine.CodeOf(line);
                if (code == 0)
                    throw new InvalidDataException($"not a reply: {Encoding.Latin1.GetString(line).TrimEnd()}");
                if (code > 0)
                    return (code, Encoding.Latin1.GetString(line).TrimEnd());
            }
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
            if (_end == _buffer.Length)
                throw new InvalidDataException("a reply line has no end");
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return default;
            _end += read;
        }
    }
}
