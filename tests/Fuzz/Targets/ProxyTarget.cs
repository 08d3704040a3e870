using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A PROXY header and the session behind it, on a server with narrow limits.</summary>
internal static class ProxyTarget
{
    private static readonly IPNetwork[] Trusted = [IPNetwork.Parse("192.0.2.0/24")];

    public static void Run(byte[] input)
    {
        var (status, header, length) = Read(input);
        for (var prefix = 0; prefix <= Math.Min(input.Length, 300); prefix++)
        {
            var (early, _, _) = Read(input.AsMemory(0, prefix));
            if (status == ReadStatus.Complete)
                Check.Equal(prefix < length ? ReadStatus.NeedMoreData : ReadStatus.Complete, early, "a header is complete when its last byte is there");
            else
                Check.That(early == status || early == ReadStatus.NeedMoreData, "what is bad was never good");
        }
        if (status == ReadStatus.Complete)
            Rewrite(header, input.AsSpan(0, length));
        Session(input, status, length, header);
    }

    private static (ReadStatus Status, ProxyHeader Header, int Length) Read(ReadOnlyMemory<byte> input)
    {
        var sequence = new ReadOnlySequence<byte>(input);
        var status = ProxyHeader.TryRead(ref sequence, out var header);
        Check.That(status == ReadStatus.Complete || sequence.Length == input.Length, "an incomplete or bad header consumes nothing");
        var pieces = Wire.Split(input, input.Length > 2 ? [1, input.Length / 2 + 1] : []);
        Check.That(ProxyHeader.TryRead(ref pieces, out var again) == status && again == header && pieces.Length == sequence.Length, "how a header is cut changes nothing");
        return (status, header, (int)(input.Length - sequence.Length));
    }

    private static void Rewrite(ProxyHeader header, ReadOnlySpan<byte> wire)
    {
        Check.Equal(header.Client == ProxyClient.Known, header.Source is not null && header.Destination is not null, "a known client has addresses");
        if (header is not { Source: { } source, Destination: { } destination })
            return;
        var family = source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        var line = Encoding.ASCII.GetBytes($"PROXY {family} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");
        Check.That(Read(line) is (ReadStatus.Complete, var fromLine, var used) && fromLine == header && used == line.Length, "a header is told in version 1 as it was");
        Check.That(wire[0] != 'P' || family == "TCP6" || wire.SequenceEqual(line) || wire.IndexOf(" 0"u8) >= 0, "version 1 has one spelling of an address");
        byte[] addresses = [.. source.Address.GetAddressBytes(), .. destination.Address.GetAddressBytes(), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(addresses.AsSpan(addresses.Length - 4), (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(addresses.AsSpan(addresses.Length - 2), (ushort)destination.Port);
        byte[] block = [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, family == "TCP4" ? (byte)0x11 : (byte)0x21, 0, (byte)addresses.Length, .. addresses];
        Check.That(Read(block) is (ReadStatus.Complete, var fromBlock, _) && fromBlock == header, "a header is told in version 2 as it was");
    }

    private static void Session(byte[] input, ReadStatus status, int length, ProxyHeader header)
    {
        if (status == ReadStatus.Complete)
        {
            SessionTarget.Run(input, length, Narrow);
            var end = SessionBench.Run(input, [], Narrow).Session;
            Check.That(header.Client == ProxyClient.Proxy ? end.ProxyEndPoint is null : end.ProxyEndPoint is not null && Equals(end.RemoteEndPoint, header.Source), "the client is whom the header names");
            return;
        }
        foreach (var cuts in new[] { [], Wire.Cuts(input, 0) })
        {
            var bench = SessionBench.Run(input, cuts, Narrow);
            Check.Equal(0, bench.Output.Length, "without a header nothing is said");
            Check.Equal(0, bench.Handler.Calls.Count, "without a header nobody is called");
            Check.That(bench.End.Reason == (status == ReadStatus.Invalid ? SessionEndReason.BadProxyHeader : input.Length == 0 ? SessionEndReason.ClientClosed : SessionEndReason.ConnectionLost), $"without a header the session ends: {bench.End.Reason}");
        }
    }

    private static void Narrow(SmtpServerOptions options)
    {
        options.ProxyProtocolSources = Trusted;
        (options.MaxErrors, options.MaxIdleCommands, options.MaxTransactions, options.MaxRecipientDomains) = (2, 6, 2, 2);
    }
}
