using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>One accepted connection: lines in, bytes out, TLS in between, and every impolite way to stop.</summary>
internal sealed class PeerConnection(Socket socket, SmtpPeerRecord record, SmtpPeerTls? tls) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _start;
    private int _end;

    public SmtpPeerRecord Record => record;

    public bool IsTls => _stream is SslStream;

    /// <summary>A line without its end; null when the client closed.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>(128);
        while (await ReadByteAsync(cancellationToken).ConfigureAwait(false) is { } octet)
        {
            if (octet == '\n' && line.Count > 0 && line[^1] == '\r')
                return Encoding.UTF8.GetString(line.ToArray(), 0, line.Count - 1);
            line.Add(octet);
        }
        return null;
    }

    /// <summary>Content up to its final dot, unstuffed; null when the client closed before it.</summary>
    public async ValueTask<byte[]?> ReadContentAsync(CancellationToken cancellationToken)
    {
        var content = new List<byte>(1024);
        var lineStart = 0;
        while (await ReadByteAsync(cancellationToken).ConfigureAwait(false) is { } octet)
        {
            content.Add(octet);
            if (octet != '\n' || content.Count - lineStart < 2 || content[^2] != '\r')
                continue;
            var dot = content[lineStart] == '.';
            if (dot && content.Count - lineStart == 3)
                return [.. content[..lineStart]];
            if (dot)
                content.RemoveAt(lineStart);
            lineStart = content.Count;
        }
        return null;
    }

    /// <summary>So many octets as they are; null when the client closed before.</summary>
    public async ValueTask<byte[]?> ReadOctetsAsync(long count, CancellationToken cancellationToken)
    {
        var octets = new List<byte>((int)Math.Min(count, 1 << 20));
        while (octets.Count < count)
        {
            if (await ReadByteAsync(cancellationToken).ConfigureAwait(false) is not { } octet)
                return null;
            octets.Add(octet);
        }
        return [.. octets];
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask SendReplyAsync(string reply, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes(string.Concat(reply.Split('\n').Select(line => line.TrimEnd('\r') + "\r\n"))), cancellationToken);

    public async ValueTask HandshakeAsync(CancellationToken cancellationToken)
    {
        if (tls is null)
            throw new InvalidOperationException("The peer has no certificate for a TLS handshake.");
        // What was read ahead came in the clear: a peer that took it for commands under TLS would hide a client's fault.
        if (_start < _end)
            throw new InvalidOperationException("The client wrote before the handshake.");
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        await secure.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            record.ServerName = hello.ServerName.Length > 0 ? hello.ServerName : null;
            return ValueTask.FromResult(Options(tls));
        }, state: null, cancellationToken).ConfigureAwait(false);
        record.TlsProtocol = secure.SslProtocol;
        record.ClientCertificateSubject = secure.RemoteCertificate?.Subject;
    }

    /// <summary>Sends FIN and waits for the client's, so that nothing sent before is lost by a reset.</summary>
    public async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (_stream is SslStream { IsAuthenticated: true } secure)
            await secure.ShutdownAsync().ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
        while (await socket.ReceiveAsync(_buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static SslServerAuthenticationOptions Options(SmtpPeerTls tls) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(tls.Certificate, [.. tls.Chain], offline: true),
        EnabledSslProtocols = tls.Protocols,
        ClientCertificateRequired = tls.RequireClientCertificate,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null || !tls.RequireClientCertificate,
        CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
    };

    private async ValueTask<byte?> ReadByteAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
            if (_end == 0)
                return null;
        }
        return _buffer[_start++];
    }
}
