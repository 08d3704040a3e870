using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.SmtpServer;

/// <summary>How a wait on the connection ended.</summary>
internal enum WaitOutcome : byte
{
    /// <summary>The connection is broken.</summary>
    Lost,

    /// <summary>What was asked for was done; for a read, there are new bytes.</summary>
    Done,

    /// <summary>The client sends no more; every byte it sent has been seen.</summary>
    Ended,

    /// <summary>The token was cancelled.</summary>
    Cancelled,
}

/// <summary>The bytes of one client. The only place of the package that catches what the transport throws.</summary>
internal sealed class ServerConnection(IDuplexPipe transport, Stream? raw) : IAsyncDisposable
{
    private const int TlsBlock = 16 * 1024;     // the most one TLS record holds
    private const int MostAtOnce = 64;          // reads without any wait, before others get the thread

    private PipeReader _input = transport.Input;
    private SslStream? _tls;
    private ReadOnlySequence<byte> _buffer;
    private bool _reading;
    private int _atOnce;

    /// <summary>Where replies are written; nothing is sent before <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output { get; private set; } = transport.Output;

    /// <summary>What was received and not yet consumed.</summary>
    public ReadOnlySequence<byte> Buffer => _buffer;

    /// <summary>The detail of the last failure, for the log.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Why <see cref="SecureAsync"/> failed.</summary>
    public HandshakeFault HandshakeFault { get; private set; }

    /// <summary>Drops the bytes before <paramref name="position"/>.</summary>
    public void Consume(SequencePosition position) => _buffer = _buffer.Slice(position);

    /// <summary>Waits for bytes beyond those in <see cref="Buffer"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WaitOutcome> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = _buffer.Length;
            while (true)
            {
                Release();
                var read = _input.ReadAsync(cancellationToken);
                _atOnce = read.IsCompleted ? _atOnce + 1 : 0;
                var result = await read.ConfigureAwait(false);
                (_buffer, _reading) = (result.Buffer, true);
                if (_atOnce >= MostAtOnce)
                {
                    _atOnce = 0;
                    await Task.Yield();
                }
                if (_buffer.Length > before)
                    return WaitOutcome.Done;
                if (result.IsCompleted)
                    return WaitOutcome.Ended;
            }
        }
        catch (Exception exception)
        {
            return Explain(exception, cancellationToken);
        }
    }

    /// <summary>Whether bytes wait behind those consumed, without waiting for any.</summary>
    public bool HasUnreadBytes()
    {
        if (!_buffer.IsEmpty)
            return true;
        try
        {
            Release();
            if (!_input.TryRead(out var result))
                return false;
            (_buffer, _reading) = (result.Buffer, true);
            return !_buffer.IsEmpty;
        }
        catch (Exception exception)
        {
            Explain(exception, CancellationToken.None);
            return false;       // the next read or write finds the connection broken
        }
    }

    /// <summary>Sends what was written.</summary>
    public ValueTask<WaitOutcome> FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var flush = Output.FlushAsync(cancellationToken);
            if (!flush.IsCompletedSuccessfully)
                return FlushedAsync(flush, cancellationToken);
            return new(Flushed(flush.Result));
        }
        catch (Exception exception)
        {
            return new(Explain(exception, cancellationToken));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WaitOutcome> FlushedAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        try
        {
            return Flushed(await flush.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            return Explain(exception, cancellationToken);
        }
    }

    private WaitOutcome Flushed(FlushResult result)
    {
        if (!result.IsCanceled)
            return result.IsCompleted ? WaitOutcome.Lost : WaitOutcome.Done;
        // By the transport's owner, or by a token that was cancelled when its own flush was just over. The bytes may be unsent,
        // and under TLS their record may be missing, so that nothing can be sent behind it.
        Failure = "a flush was cancelled";
        return WaitOutcome.Lost;
    }

    /// <summary>Makes the server's side of a TLS handshake; afterwards everything goes through it. Call it with nothing left to flush; what is left to read belongs to the handshake.</summary>
    public async ValueTask<WaitOutcome> SecureAsync(SmtpServerTls rules, CancellationToken cancellationToken)
    {
        try
        {
            // What was received behind a PROXY header is the client's part of the handshake: it is still to be read, from where it lies.
            var direct = _buffer.IsEmpty ? raw : null;
            if (_reading)
                _input.AdvanceTo(_buffer.Start);
            (_buffer, _reading) = (default, false);
            _tls = new SslStream(direct ?? new DuplexPipeStream(transport), leaveInnerStreamOpen: true);
            // Where there is one certificate only, the name that is asked for makes no difference and need not be waited for.
            if (rules.Certificates.All.Count == 1)
                await _tls.AuthenticateAsServerAsync(rules.CreateOptions(null), cancellationToken).ConfigureAwait(false);
            else
                await _tls.AuthenticateAsServerAsync(static (_, hello, rules, _) => new(((SmtpServerTls)rules!).CreateOptions(hello.ServerName)), rules, cancellationToken).ConfigureAwait(false);
            _input = PipeReader.Create(_tls, new StreamPipeReaderOptions(bufferSize: TlsBlock, leaveOpen: true, useZeroByteReads: true));
            Output = PipeWriter.Create(_tls, new StreamPipeWriterOptions(leaveOpen: true));
            _buffer = default;
            return WaitOutcome.Done;
        }
        catch (Exception exception)
        {
            HandshakeFault = HandshakeFaults.Of(exception);
            return Explain(exception, cancellationToken);
        }
    }

    /// <summary>What the handshake agreed on.</summary>
    public TlsSessionInfo DescribeTls() => new(_tls!.SslProtocol, _tls.NegotiatedCipherSuite, _tls.TargetHostName);

    /// <summary>The certificate that was shown in the handshake; null in clear, or where TLS is ended elsewhere.</summary>
    public X509Certificate? LocalCertificate => _tls?.LocalCertificate;

    /// <summary>Tells the client that nothing more comes, so that it can tell an end from a cut (close_notify under TLS).</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_tls is not { IsAuthenticated: true })
            return;
        try
        {
            await _tls.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Explain(exception, cancellationToken);
        }
    }

    /// <summary>Lets go of the connection. What was not sent by now is dropped: nothing is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            if (_input != transport.Input)
            {
                await TryAsync(CompleteInputAsync(_input)).ConfigureAwait(false);
                await TryAsync(CompleteAsync(Output)).ConfigureAwait(false);
            }
            await TryAsync(_tls.DisposeAsync()).ConfigureAwait(false);
        }
        // Before the pipes over it: a close_notify that was given up may still be under way, and its bytes lie in an array that the pipe gives back.
        if (raw is not null)
            await TryAsync(raw.DisposeAsync()).ConfigureAwait(false);
        await TryAsync(CompleteInputAsync(transport.Input)).ConfigureAwait(false);
        await TryAsync(CompleteAsync(transport.Output)).ConfigureAwait(false);
    }

    private async ValueTask CompleteInputAsync(PipeReader input)
    {
        Release();
        await input.CompleteAsync().ConfigureAwait(false);
    }

    // A writer over a stream would send what it still holds before it completes, without a limit; given a reason, it drops that.
    private static async ValueTask CompleteAsync(PipeWriter output) =>
        await output.CompleteAsync(output is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 } ? new IOException("The connection was closed with replies unsent.") : null).ConfigureAwait(false);

    // One part that cannot be closed keeps no other part open.
    private async ValueTask TryAsync(ValueTask closing)
    {
        try
        {
            await closing.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Explain(exception, CancellationToken.None);
        }
    }

    // Everything in the buffer has been looked at and what is left of it waits for more.
    private void Release()
    {
        if (_reading)
            _input.AdvanceTo(_buffer.Start, _buffer.End);
        (_buffer, _reading) = (default, false);
    }

    // A transport may complete its pipe with any exception it likes: whatever comes out of it means that the connection is gone.
    private WaitOutcome Explain(Exception exception, CancellationToken cancellationToken)
    {
        (_buffer, _reading) = (default, false);
        Failure = $"{exception.GetType().Name}: {exception.Message}";
        return exception is OperationCanceledException && cancellationToken.IsCancellationRequested ? WaitOutcome.Cancelled : WaitOutcome.Lost;
    }
}
