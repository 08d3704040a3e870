using System.Net;
using System.Text;
using Mail.Security.Dnssec;
using Mail.Security.SenderAuthentication;

namespace Mail.Security.Fuzz.Targets;

/// <summary>SPF: a record, and what its evaluation asks for in a world where every name has it.</summary>
internal static class SpfTarget
{
    private const int MostLookups = 1 + (10 * 11) + 11 + 1;

    public static void Run(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        var line = text.IndexOf('\n', StringComparison.Ordinal);
        var (record, local) = line < 0 ? (text, "ann") : (text[..line], text[(line + 1)..]);
        if (SpfRecordParser.IsSpf(record))
            CheckRecord(record);
        Evaluate(record, MailPath.TryParse($"{local}@a.example", out var sender) ? sender : MailPath.Parse("ann@a.example"));
    }

    private static void CheckRecord(string text)
    {
        var (record, wrong) = SpfRecordParser.Parse(text);
        Check.Equal(record is null, wrong.Length > 0, "what is wrong is named");
        if (record is null)
            return;
        var again = SpfRecordParser.Parse($"v=spf1 {string.Join("  ", record.Directives.Select(static directive => directive.Text))} ").Record;
        Check.That(again is not null && again.Directives.Select(static directive => directive.ToString()).SequenceEqual(record.Directives.Select(static directive => directive.ToString())), "directives are read as they were written");
        Check.That(record.Directives.All(static directive => directive.Text.All(static c => c is > ' ' and <= '~')), "a record is printable");
    }

    private static void Evaluate(string record, MailPath sender)
    {
        var world = new World(record);
        var evaluation = new SpfEvaluator(world).CheckMailFromAsync(new SpfQuery { Client = IPAddress.Parse("192.0.2.3"), Sender = sender, Hello = record }).AsTask();
        Check.That(evaluation.IsCompleted, "nothing waits");
        var result = evaluation.GetAwaiter().GetResult();
        Check.That(world.Asked <= MostLookups && result.Lookups <= 10, $"{world.Asked} lookups");
        Check.That(result is not SpfResult.Fail { Explanation: var explanation } || (explanation.Length <= SpfEvaluator.MaxExplanation && explanation.All(static c => c is >= ' ' and <= '~')), "an explanation can be said");
    }

    // Every name has the record, ten names and hosts, and no address but one far away.
    private sealed class World(string record) : IDnssecResolver
    {
        private static readonly DomainName[] Hosts = [.. Enumerable.Range(0, 12).Select(static number => DomainName.Parse($"h{number}.example"))];

        public int Asked { get; private set; }

        public ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) => Found(name, Hosts[..10].Select(static host => new MxRecord(10, host)));

        public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
            name.Ascii.StartsWith('h') ? Found(name, [IPAddress.Loopback]) : Absent<IPAddress>(name);

        public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<IPAddress>(name);

        public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) => Absent<DomainName>(name);

        public ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) => Found(name, [record]);

        public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) => Found(name, Hosts);

        public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) => Absent<TlsaRecord>(owner);

        public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DomainName>(zone);

        public ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) => Absent<SrvRecord>(owner);

        public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<SoaRecord>(zone);

        public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DsRecord>(zone);

        public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) => Absent<DnskeyRecord>(zone);

        public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) => Absent<DnsRecord>(name);

        private ValueTask<DnsAnswer<T>> Found<T>(DomainName name, IEnumerable<T> records)
        {
            Asked++;
            return new(new DnsAnswer<T>.Found([.. records], name, DnsSecurity.Secure, TimeSpan.Zero, []));
        }

        private ValueTask<DnsAnswer<T>> Absent<T>(DomainName name)
        {
            Asked++;
            return new(new DnsAnswer<T>.Absent(DnsAbsence.NoData, name, DnsSecurity.Secure, TimeSpan.Zero, []));
        }
    }
}
