using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Mail.Security.Transports;

/// <summary>The dialogue with a SOCKS proxy on a fresh connection (RFC 1928 §3, §4; RFC 1929 §2).</summary>
/// <remarks>Not a byte is read beyond the proxy's last reply: what follows is the server's greeting. Its I/O exceptions are for the seam.</remarks>
internal sealed class Socks5Negotiation(Stream proxy, Socks5Credentials? credentials)
{
    private readonly byte[] _buffer = new byte[1 + 255 + 2];     // the longest rest of a reply: a name of 255 bytes and the port

    /// <summary>What came of the last step; null while it went well.</summary>
    public Socks5Fault? Fault { get; private set; }

    /// <summary>The address the server sees, as the proxy says; null when it says none.</summary>
    public IPEndPoint? Bound { get; private set; }

    /// <summary>Agrees on a way to log in, and logs in.</summary>
    public async ValueTask AgreeAsync(CancellationToken cancellationToken)
    {
        await proxy.WriteAsync(Socks5Message.Methods(credentials), cancellationToken).ConfigureAwait(false);
        await ReadAsync(2, cancellationToken).ConfigureAwait(false);
        Fault = (_buffer[0], _buffer[1]) switch
        {
            (not Socks5Message.Version, _) => Socks5Fault.Garbage($"the proxy answers as version {_buffer[0]}"),
            (_, Socks5Message.NoMethod) => new Socks5Fault(DialFailure.ProxyNoMethod, credentials is null ? "the proxy wants a login" : "the proxy wants another login than by name and password"),
            (_, Socks5Message.NoLogin) => null,
            (_, Socks5Message.NameAndPassword) when credentials is not null => null,
            _ => Socks5Fault.Garbage($"the proxy chose the method {_buffer[1]}, which was not on offer"),
        };
        if (Fault is null && _buffer[1] == Socks5Message.NameAndPassword)
            await LoginAsync(credentials!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for the connection.</summary>
    public async ValueTask RequestAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await proxy.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        await ReadAsync(2, cancellationToken).ConfigureAwait(false);
        // A refusal ends here: what follows it changes nothing, and not every proxy sends it.
        Fault = _buffer[0] != Socks5Message.Version ? Socks5Fault.Garbage($"the proxy answers as version {_buffer[0]}") : Socks5Fault.OfReply(_buffer[1]);
        if (Fault is not null)
            return;
        await ReadAsync(2, cancellationToken).ConfigureAwait(false);
        await ReadBoundAsync(_buffer[1], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask LoginAsync(Socks5Credentials login, CancellationToken cancellationToken)
    {
        var message = Socks5Message.Login(login);
        try
        {
            await proxy.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
        }
        await ReadAsync(2, cancellationToken).ConfigureAwait(false);
        Fault = (_buffer[0], _buffer[1]) switch
        {
            (Socks5Message.LoginVersion, 0) => null,
            (Socks5Message.LoginVersion, _) => new Socks5Fault(DialFailure.ProxyLoginRefused, "the proxy refused the name and password"),
            _ => Socks5Fault.Garbage($"the proxy answers the login as version {_buffer[0]}"),
        };
    }

    private async ValueTask ReadBoundAsync(byte type, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case Socks5Message.IPv4:
                await ReadAsync(4 + 2, cancellationToken).ConfigureAwait(false);
                Bound = Address(4);
                break;
            case Socks5Message.IPv6:
                await ReadAsync(16 + 2, cancellationToken).ConfigureAwait(false);
                Bound = Address(16);
                break;
            case Socks5Message.Domain:
                await ReadAsync(1, cancellationToken).ConfigureAwait(false);
                await ReadAsync(_buffer[0] + 2, cancellationToken).ConfigureAwait(false);
                break;          // a name is no address the server sees
            default:
                Fault = Socks5Fault.Garbage($"the proxy's reply has the address type {type}");
                break;
        }
    }

    // Many proxies fill the field with zeros: that is no address.
    private IPEndPoint? Address(int length)
    {
        var address = new IPAddress(_buffer.AsSpan(0, length));
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null
            : new IPEndPoint(address, BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(length)));
    }

    private ValueTask ReadAsync(int count, CancellationToken cancellationToken) => proxy.ReadExactlyAsync(_buffer.AsMemory(0, count), cancellationToken);
}
