using System.Net;
using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>The DNS data a test raises, with a security state for every RRset; filled by chained calls, also while in use.</summary>
/// <remarks>
/// A security state that is not given is that of the nearest zone above (<see cref="AddZone"/>), and the root is secure.
/// Records added to the same name and type join one RRset, whose state is the least of those given.
/// Names are read by <see cref="DomainName.TryParseLax"/>; one that is none throws <see cref="FormatException"/>.
/// </remarks>
/// <typeparam name="TSelf">The type the chained calls return.</typeparam>
public abstract class DnsTestWorld<TSelf>
    where TSelf : DnsTestWorld<TSelf>
{
    private static readonly DnsRecordType[] Typed =
    [
        DnsRecordType.A, DnsRecordType.Ns, DnsRecordType.Cname, DnsRecordType.Soa, DnsRecordType.Ptr, DnsRecordType.Mx, DnsRecordType.Txt, DnsRecordType.Aaaa,
        DnsRecordType.Srv, DnsRecordType.Ds, DnsRecordType.Dnskey, DnsRecordType.Tlsa,
    ];

    private protected DnsTestWorld()
    {
    }

    private protected ZoneTable Table { get; } = new();

    private TSelf Self => (TSelf)this;

    /// <summary>Says how secure everything at and below a name is, denials included, where nothing else is said.</summary>
    /// <param name="name">The name of the zone.</param>
    /// <param name="security">The state.</param>
    /// <returns>This object.</returns>
    public TSelf AddZone(string name, DnsSecurity security)
    {
        Table.SetZone(DomainName.ParseLax(name), security);
        return Self;
    }

    /// <summary>Adds an A or AAAA record, by the family of the address.</summary>
    /// <param name="name">The host.</param>
    /// <param name="address">The address as text.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddAddress(string name, string address, DnsSecurity? security = null)
    {
        var ip = IPAddress.Parse(address);
        var type = ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.Aaaa;
        return Put(name, type, new ZoneRecord(ip, ip.GetAddressBytes()), security);
    }

    /// <summary>Adds an MX record.</summary>
    /// <param name="name">The mail domain.</param>
    /// <param name="preference">The preference.</param>
    /// <param name="exchange">The host; "." is the null MX (RFC 7505 §3).</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddMx(string name, ushort preference, string exchange, DnsSecurity? security = null)
    {
        var host = exchange == "." ? default : DomainName.ParseLax(exchange);
        byte[] data = [(byte)(preference >> 8), (byte)preference, .. DnsWire.EncodeName(host)];
        return Put(name, DnsRecordType.Mx, new ZoneRecord(new MxRecord(preference, host), data), security);
    }

    /// <summary>Adds a TXT record; a text above 255 octets is sent as several character-strings.</summary>
    /// <param name="name">The owner.</param>
    /// <param name="text">The text; each character, at most U+00FF, is one octet.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddTxt(string name, string text, DnsSecurity? security = null) =>
        Put(name, DnsRecordType.Txt, new ZoneRecord(text, DnsWire.EncodeText(Encoding.Latin1.GetBytes(text))), security);

    /// <summary>Adds a PTR record to the name that stands for an address (RFC 1035 §3.5).</summary>
    /// <param name="address">The address as text.</param>
    /// <param name="name">The name it is given.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddPtr(string address, string name, DnsSecurity? security = null)
    {
        var host = DomainName.ParseLax(name);
        return Put(ReverseName.Of(IPAddress.Parse(address)).Ascii, DnsRecordType.Ptr, new ZoneRecord(host, DnsWire.EncodeName(host)), security);
    }

    /// <summary>Adds a TLSA record written as in a zone file: "3 1 1 ab12…".</summary>
    /// <param name="owner">The whole owner name, such as "_25._tcp.mx.example.com".</param>
    /// <param name="record">Three numbers and hexadecimal data, which may be empty: what <see cref="TlsaRecord.ToString"/> gives.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    /// <exception cref="FormatException">The text is no TLSA record.</exception>
    public TSelf AddTlsa(string owner, string record, DnsSecurity? security = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        var parts = record.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || !byte.TryParse(parts[0], out var usage) || !byte.TryParse(parts[1], out var selector) || !byte.TryParse(parts[2], out var matching))
            throw new FormatException($"Not a TLSA record: '{record}'.");
        var data = parts.Length == 4 ? Convert.FromHexString(parts[3].Replace(" ", "", StringComparison.Ordinal)) : [];
        var value = new TlsaRecord((TlsaUsage)usage, (TlsaSelector)selector, (TlsaMatching)matching, data);
        return Put(owner, DnsRecordType.Tlsa, new ZoneRecord(value, [usage, selector, matching, .. data]), security);
    }

    /// <summary>Adds a CNAME record; lookups of other types follow it.</summary>
    /// <param name="name">The alias.</param>
    /// <param name="target">The name it points to.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddAlias(string name, string target, DnsSecurity? security = null)
    {
        var end = DomainName.ParseLax(target);
        return Put(name, DnsRecordType.Cname, new ZoneRecord(end, DnsWire.EncodeName(end)), security);
    }

    /// <summary>Adds an NS record. It makes no zone: <see cref="AddZone"/> does.</summary>
    /// <param name="zone">The name where the zone begins.</param>
    /// <param name="server">The name server.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddNs(string zone, string server, DnsSecurity? security = null)
    {
        var host = DomainName.ParseLax(server);
        return Put(zone, DnsRecordType.Ns, new ZoneRecord(host, DnsWire.EncodeName(host)), security);
    }

    /// <summary>Adds an SRV record.</summary>
    /// <param name="owner">The whole owner name, such as "_imaps._tcp.example.com".</param>
    /// <param name="record">The record.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddSrv(string owner, SrvRecord record, DnsSecurity? security = null) =>
        Put(owner, DnsRecordType.Srv, new ZoneRecord(record, [.. DnsWire.Numbers(record.Priority, record.Weight, record.Port), .. DnsWire.EncodeName(record.Target)]), security);

    /// <summary>Adds an SOA record, in place of the one the test server makes by itself in denials only.</summary>
    /// <param name="zone">The name where the zone begins.</param>
    /// <param name="record">The record; its mailbox is a name that <see cref="DomainName.ParseLax"/> takes, so without an escaped dot.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddSoa(string zone, SoaRecord record, DnsSecurity? security = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] data =
        [
            .. DnsWire.EncodeName(record.PrimaryServer), .. DnsWire.EncodeName(record.Mailbox.Length == 0 ? default : DomainName.ParseLax(record.Mailbox)),
            .. DnsWire.Number(record.Serial), .. DnsWire.Seconds(record.Refresh), .. DnsWire.Seconds(record.Retry), .. DnsWire.Seconds(record.Expire), .. DnsWire.Seconds(record.Minimum),
        ];
        return Put(zone, DnsRecordType.Soa, new ZoneRecord(record, data), security);
    }

    /// <summary>Adds a DS record. It signs nothing: the security is what is said here.</summary>
    /// <param name="zone">The name where the zone begins.</param>
    /// <param name="record">The record.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddDs(string zone, DsRecord record, DnsSecurity? security = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Put(zone, DnsRecordType.Ds, new ZoneRecord(record, [.. DnsWire.Numbers(record.KeyTag), record.Algorithm, record.DigestType, .. record.Digest.Span]), security);
    }

    /// <summary>Adds a DNSKEY record. It signs nothing: the security is what is said here.</summary>
    /// <param name="zone">The name where the zone begins.</param>
    /// <param name="record">The record.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    public TSelf AddDnskey(string zone, DnskeyRecord record, DnsSecurity? security = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Put(zone, DnsRecordType.Dnskey, new ZoneRecord(record, [.. DnsWire.Numbers(record.Flags), record.Protocol, record.Algorithm, .. record.PublicKey.Span]), security);
    }

    /// <summary>Adds a record of any type that has no method of its own here.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="type">The number of the type.</param>
    /// <param name="data">Its data.</param>
    /// <param name="security">The state of the RRset.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The type has a method of its own.</exception>
    public TSelf AddRaw(string owner, ushort type, ReadOnlyMemory<byte> data, DnsSecurity? security = null)
    {
        if (Array.IndexOf(Typed, (DnsRecordType)type) >= 0)
            throw new ArgumentException("The type has a method of its own.", nameof(type));
        return Put(owner, (DnsRecordType)type, new ZoneRecord(data, data.ToArray()), security);
    }

    /// <summary>Takes every record of one type from a name.</summary>
    /// <param name="name">The owner.</param>
    /// <param name="type">The type.</param>
    /// <returns>This object.</returns>
    public TSelf Remove(string name, DnsRecordType type)
    {
        Table.Remove(DomainName.ParseLax(name), type);
        return Self;
    }

    private TSelf Put(string name, DnsRecordType type, ZoneRecord record, DnsSecurity? security)
    {
        Table.Add(DomainName.ParseLax(name), type, record, security);
        return Self;
    }
}
