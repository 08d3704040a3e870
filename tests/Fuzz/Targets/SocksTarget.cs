using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Fuzz.Targets;

/// <summary>What a SOCKS proxy answers: the first byte says whether there is a login, the rest is the proxy's. A plain reading of RFC 1928 says what has to come of it.</summary>
internal static class SocksTarget
{
    private static readonly Socks5Credentials Login = new("ann", "pw");
    private static readonly byte[] Request = Socks5Message.Request(new IPEndPoint(0x0100000A, 25));

    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var credentials = (input[0] & 1) == 0 ? null : Login;
        var answers = input[1..];
        var expected = Expect(answers, credentials is not null);
        foreach (var cuts in Wire.Segmentations(answers))
        {
            var proxy = new Proxy(answers, cuts);
            Check.Equal(expected, Negotiate(proxy, credentials), "what the proxy says is read as RFC 1928 says, however it is cut");
        }
    }

    private static string Negotiate(Proxy proxy, Socks5Credentials? credentials)
    {
        var negotiation = new Socks5Negotiation(proxy, credentials);
        try
        {
            negotiation.AgreeAsync(default).AsTask().GetAwaiter().GetResult();
            if (negotiation.Fault is null)
                negotiation.RequestAsync(Request, default).AsTask().GetAwaiter().GetResult();
        }
        catch (EndOfStreamException)
        {
            return "ended";
        }
        return negotiation.Fault is { } fault ? $"{fault.Reason} after {proxy.Given}" : $"{negotiation.Bound} after {proxy.Given}";
    }

    // With a cursor over the whole, and nothing shared with what is tested.
    private static string Expect(byte[] said, bool login)
    {
        var at = 0;
        bool Has(int count) => said.Length - at >= count;
        if (!Has(2))
            return "ended";
        var method = said[1];
        if (said[0] != 5 || !(method is 0 or 255 || (method == 2 && login)))
            return "ProxyProtocol after 2";
        if (method == 255)
            return "ProxyNoMethod after 2";
        at = 2;
        if (method == 2)
        {
            if (!Has(2))
                return "ended";
            if (said[2] != 1 || said[3] != 0)
                return $"{(said[2] != 1 ? "ProxyProtocol" : "ProxyLoginRefused")} after 4";
            at = 4;
        }
        if (!Has(2))
            return "ended";
        string[] codes = ["", "ProxyFailed", "ProxyRuleset", "ProxyNetworkUnreachable", "ProxyHostUnreachable", "ProxyConnectionRefused", "ProxyTtlExpired", "ProxyCommand", "ProxyAddressType"];
        if (said[at] != 5)
            return $"ProxyProtocol after {at + 2}";
        if (said[at + 1] != 0)
            return $"{(said[at + 1] < codes.Length ? codes[said[at + 1]] : "ProxyUnassigned")} after {at + 2}";
        if (!Has(4))
            return "ended";
        var type = said[at + 3];
        if (type is not (1 or 3 or 4))
            return $"ProxyProtocol after {at + 4}";
        if (type == 3 && !Has(5))
            return "ended";
        var (start, length) = type switch { 1 => (at + 4, 4), 4 => (at + 4, 16), _ => (at + 5, said[at + 4]) };
        var end = start + length + 2;
        if (said.Length < end)
            return "ended";
        return $"{(type == 3 ? "" : Address(said[start..(end - 2)], said[end - 2] * 256 + said[end - 1]))} after {end}";
    }

    private static string Address(byte[] bytes, int port)
    {
        if (bytes.Length == 16 && bytes.AsSpan(0, 12).SequenceEqual((byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]))
            bytes = bytes[12..];
        return Array.TrueForAll(bytes, static octet => octet == 0) ? "" : new IPEndPoint(new IPAddress(bytes), port).ToString();
    }

    /// <summary>A connection that takes everything and gives its answers in pieces.</summary>
    private sealed class Proxy(byte[] answers, int[] cuts) : MemoryStream
    {
        public int Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var next = cuts.FirstOrDefault(cut => cut > Given, answers.Length);
            var count = Math.Min(buffer.Length, next - Given);
            answers.AsMemory(Given, count).CopyTo(buffer);
            Given += count;
            return new(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
