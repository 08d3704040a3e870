using System.Buffers;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>Gives content piece by piece to the chunks of BDAT, as it is, and the last of it only when it is known to be whole.</summary>
/// <remarks>Text is looked through for what DATA could not carry on, because the next hop may have nothing else (RFC 5321 §2.3.8); binary content is not.</remarks>
internal sealed class ChunkSource(SmtpConnection connection, SmtpTimeouts limits)
{
    private const int Block = 32 * 1024;

    private MessageContent _content = null!;
    private Stream? _stream;
    private byte[] _current = [];
    private byte[] _ahead = [];
    private int _aheadCount;
    private ReadOnlyMemory<byte> _piece;
    private long _read;
    private BodyType _body;
    private ContentCheck _check;

    /// <summary>Why the content cannot be sent; its last octets were not.</summary>
    public SyntaxFault Fault { get; private set; }

    private OutputBuffer Output => connection.Output;

    /// <summary>Opens a content.</summary>
    /// <exception cref="InvalidDataException">It has not the length it says.</exception>
    public async ValueTask OpenAsync(MessageContent content, BodyType body, CancellationToken cancellationToken)
    {
        (_content, _body, _check, Fault) = (content, body, default, SyntaxFault.None);
        (_piece, _read, _aheadCount) = (default, 0, 0);
        Output.Reserve(2 * Block);
        if (content.TryGetBytes(out _piece))
        {
            _read = _piece.Length;
            ThrowIfNotWhole();
            return;
        }
        (_current, _ahead) = (ArrayPool<byte>.Shared.Rent(Block), ArrayPool<byte>.Shared.Rent(Block));
        _stream = content.OpenRead();
        await ReadAheadAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CloseAsync()
    {
        _piece = default;
        if (_stream is not { } stream)
            return;
        _stream = null;
        ArrayPool<byte>.Shared.Return(_current);
        ArrayPool<byte>.Shared.Return(_ahead);
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Writes the next octets of the content into the output, and sends of them what does not fit.</summary>
    /// <param name="size">How many.</param>
    /// <param name="kind">Whether they are the last.</param>
    /// <param name="cancellationToken">For reading the content.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WireFault?> WriteAsync(long size, ChunkKind kind, CancellationToken cancellationToken)
    {
        while (size > 0 && Fault == SyntaxFault.None)
        {
            if (_piece.IsEmpty)
                await NextAsync(cancellationToken).ConfigureAwait(false);
            if (Output.Room == 0 && await connection.FlushAsync(limits.DataBlock).ConfigureAwait(false) is { } fault)
                return fault;
            var count = (int)Math.Min(size, Math.Min(_piece.Length, Output.Room));
            Look(_piece.Span[..count]);
            Output.Write(_piece.Span[..count]);
            _piece = _piece[count..];
            size -= count;
        }
        if (kind == ChunkKind.Last && _body != BodyType.BinaryMime && Fault == SyntaxFault.None)
            Fault = _check.GetFault();
        return null;
    }

    private void Look(ReadOnlySpan<byte> octets)
    {
        if (_body == BodyType.BinaryMime)
            return;
        _check.Write(octets);
        Fault = _check.Fault;
    }

    // The last piece goes out only when the end was read: a chunk that is full counts as whole.
    private async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        (_current, _ahead) = (_ahead, _current);
        _piece = _current.AsMemory(0, _aheadCount);
        await ReadAheadAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReadAheadAsync(CancellationToken cancellationToken)
    {
        _aheadCount = await _stream!.ReadAsync(_ahead.AsMemory(0, Block), cancellationToken).ConfigureAwait(false);
        _read += _aheadCount;
        if (_aheadCount == 0 || _read > _content.Length)
            ThrowIfNotWhole();
    }

    private void ThrowIfNotWhole()
    {
        if (_read != _content.Length)
            throw new InvalidDataException(FormattableString.Invariant($"The content says it has {_content.Length} octets and gave {_read}."));
    }
}
