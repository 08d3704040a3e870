using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Mail.Security.Transports;

/// <summary>The one place of this package where exceptions of sockets, streams and TLS are caught and become values.</summary>
internal static class StreamSeam
{
    /// <summary>Whether <see cref="FaultOf"/> knows what to make of an exception.</summary>
    public static bool Catches(Exception exception) => exception is OperationCanceledException || IsConnectionFault(exception);

    /// <summary>What ended a wait. Throws when it was the caller.</summary>
    public static WireFault FaultOf(Exception exception, WireLimit limit, TimeSpan length, CancellationToken caller)
    {
        // A cancelled read may also surface as an IOException of the TLS stream: the tokens, not the type, say what happened.
        caller.ThrowIfCancellationRequested();
        if (limit.HasPassed)
            return new WireFault(WireFaultKind.Timeout, FormattableString.Invariant($"no answer within {length.TotalSeconds:0.###} seconds"));
        return exception is OperationCanceledException ? WireFault.Closed : Classify(exception);
    }

    /// <summary>The socket behind a stream that is nothing more, made not to block; null for any other.</summary>
    public static Socket? PlainSocketOf(Stream stream)
    {
        try
        {
            if (stream.GetType() != typeof(NetworkStream))
                return null;
            var socket = ((NetworkStream)stream).Socket;
            socket.Blocking = false;
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;            // the first read says what is wrong with the connection
        }
    }

    /// <summary>Sends what the system takes at once.</summary>
    public static WireFault? Send(Socket socket, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = 0;
        try
        {
            sent = socket.Send(bytes, SocketFlags.None, out var error);
            return error is SocketError.Success or SocketError.WouldBlock ? null : Classify(new SocketException((int)error));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return WireFault.Closed;
        }
    }

    /// <summary>Begins a read; what is wrong with the stream is thrown where the read is awaited.</summary>
    public static async Task<int> Begin(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);

    /// <summary>Leaves a read whose end nobody waits for: the stream is closed, or will be.</summary>
    public static void Forget(Task read) =>
        read.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Runs one wait under its limit, before there is a session.</summary>
    public static async ValueTask<WireResult> RunAsync(Func<CancellationToken, ValueTask<WireResult>> work, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await work(both.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException || IsConnectionFault(exception))
        {
            // A cancelled read may also surface as an IOException of the TLS stream: the tokens, not the type, say what happened.
            cancellationToken.ThrowIfCancellationRequested();
            if (timer.IsCancellationRequested)
                return WireResult.Failed(new WireFault(WireFaultKind.Timeout, FormattableString.Invariant($"no answer within {limit.TotalSeconds:0.###} seconds")));
            if (exception is OperationCanceledException)
                throw;
            return WireResult.Failed(Classify(exception));
        }
    }

    /// <summary>Opens a connection; null when it stands.</summary>
    public static async ValueTask<DialResult.Failed?> ConnectAsync(Func<CancellationToken, ValueTask> connect, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await connect(both.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (timer.IsCancellationRequested)
                return new DialResult.Failed(DialFailure.Timeout, FormattableString.Invariant($"no connection within {limit.TotalSeconds:0.###} seconds"));
            if (exception is SocketException socket)
                return new DialResult.Failed(Classify(socket.SocketErrorCode), socket.Message);
            throw;
        }
    }

    /// <summary>Whether bytes have arrived that nobody has read yet; false when that cannot be told.</summary>
    public static bool HasArrived(Stream stream)
    {
        try
        {
            return stream is NetworkStream { DataAvailable: true };
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            return false;           // the next read says what is wrong with the connection
        }
    }

    private static bool IsConnectionFault(Exception exception) =>
        exception is IOException or SocketException or AuthenticationException or CryptographicException;

    private static WireFault Classify(Exception exception)
    {
        var socket = exception as SocketException ?? exception.InnerException as SocketException;
        if (socket is not null)
            return new WireFault(socket.SocketErrorCode == SocketError.TimedOut ? WireFaultKind.Timeout : WireFaultKind.Reset, socket.Message);
        // An IOException around anything else comes from the TLS layer: an alert, or a record that does not decrypt.
        if (exception is AuthenticationException or CryptographicException || exception.InnerException is not null)
            return new WireFault(WireFaultKind.Tls, exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message);
        return new WireFault(WireFaultKind.Closed, exception.Message);
    }

    private static DialFailure Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => DialFailure.Refused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => DialFailure.Reset,
        SocketError.TimedOut => DialFailure.Timeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported => DialFailure.Unreachable,
        _ => DialFailure.Other,
    };
}
