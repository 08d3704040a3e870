using System.Collections.Concurrent;
using System.Net;
using DnsClient.Protocol;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A signed tree, questions about it, and the validation of answers that were changed on the way.</summary>
internal static class ValidatorBench
{
    private const ushort Id = 4711;
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoppedClock Clock = new();
    private static readonly CachePolicy Policy = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), 8);
    private static readonly SignedDnsServer Server = new(time: Clock);
    private static readonly SignedZone Plain = Fill("plain", SignedZoneDenial.Nsec);
    private static readonly SignedZone Hashed = Fill("hashed", SignedZoneDenial.Nsec3);
    private static readonly DnssecResolverOptions Options = new() { TrustAnchors = [.. SignedDnsServer.AnchorsOf(Plain), .. SignedDnsServer.AnchorsOf(Hashed)] };
    private static readonly ValidationRules Rules = new(Options);
    private static readonly SetVerifier Verifier = new(Rules.ClockSkew, Rules.Sha1, Clock);
    private static readonly DnssecMeters Meters = new(null);
    private static readonly UpstreamServer OnlyServer = new(new ServerExchange(new IPEndPoint(IPAddress.Loopback, 53), DnssecMode.Validate, TimeSpan.FromSeconds(1), Clock, Meters), [], Clock);
    private static readonly ConcurrentDictionary<Question, SignedDnsAnswer> Known = new();

    private static readonly string[] Hosts = ["a", "b", "alias", "y.wild", "x.wild", "nosuch", "ent", "x.ren", "y.wildalias", "a.child", "nosuch.child", "child"];

    /// <summary>Every question, A records in both zones; all of them have secure answers.</summary>
    public static IReadOnlyList<Question> Questions { get; } =
        [.. from zone in new[] { "plain", "hashed" } from host in Hosts select new Question(DomainName.Parse($"{host}.{zone}"), ResourceRecordType.A)];

    /// <summary>The right answer to a question.</summary>
    public static SignedDnsAnswer Right(Question question) =>
        Known.GetOrAdd(question, static asked => Server.Answer(asked.Name.Ascii, (DnsRecordType)asked.Type));

    /// <summary>Judges an answer; it and every other answer on the way may be changed.</summary>
    /// <param name="question">The question.</param>
    /// <param name="change">Given how many answers came before, gives another.</param>
    /// <param name="spoil">Given how many answers came before, gives other octets.</param>
    public static DnsAnswer<System.Net.IPAddress>? Judge(Question question, Func<int, SignedDnsAnswer, SignedDnsAnswer> change, Func<int, byte[], byte[]> spoil)
    {
        var count = 0;
        DnsMessage? Next(Question asked)
        {
            var number = count++;
            return Read(asked, change(number, Right(asked)), octets => spoil(number, octets));
        }

        ValueTask<Reply?> AskAsync(Question asked, List<UpstreamServer> before, CancellationToken cancellationToken)
        {
            if (before.Count > 0)
                return new((Reply?)null);
            before.Add(OnlyServer);
            return new(Next(asked) is { } read ? new Reply.Answered(read) : new Reply.Failed(DnsFailure.Malformed, null, "unreadable"));
        }

        if (Next(question) is not { } message)
            return null;
        using var stop = new CancellationTokenSource();
        var validator = new AnswerValidator(new ZoneFinder(asked => new Inquiry(AskAsync, asked, Meters), Rules, Verifier, Options, Clock, stop.Token), Verifier, Rules, 8, Clock);
        if (Stage(question, message, new Judgement.Judged { Security = DnsSecurity.Indeterminate }) is Stage<System.Net.IPAddress>.End { Answer: DnsAnswer<System.Net.IPAddress>.Failed })
            return null;
        return validator.JudgeAsync(question, message, CancellationToken.None).AsTask().GetAwaiter().GetResult() is Judgement.Judged judged
            && Stage(question, message, judged) is Stage<System.Net.IPAddress>.End end ? end.Answer : null;
    }

    /// <summary>What an answer hands out; nothing but its security where there is none.</summary>
    public static string Tell(DnsAnswer<System.Net.IPAddress>? answer) => answer switch
    {
        DnsAnswer<System.Net.IPAddress>.Found found => $"{found.Security} {found.CanonicalName} {string.Join(' ', found.Records.Select(static one => one.ToString()).Order(StringComparer.Ordinal))} {string.Join('>', found.Aliases)}",
        DnsAnswer<System.Net.IPAddress>.Absent absent => $"{absent.Security} {absent.Kind} {absent.CanonicalName} {string.Join('>', absent.Aliases)}",
        _ => "nothing",
    };

    private static Stage<System.Net.IPAddress> Stage(Question question, DnsMessage message, Judgement.Judged judged) =>
        new StageReader<System.Net.IPAddress>(question, RecordShapes.A, message, judged, Policy, 0).Read();

    private static DnsMessage? Read(Question question, SignedDnsAnswer answer, Func<byte[], byte[]> spoil)
    {
        var asked = DnsServerQuestion.Read(QueryWriter.Write(question, Id, DnssecMode.Validate))!;
        return DnsMessageReader.Read(spoil(SignedAnswerWriter.Write(asked, answer, DnsTransport.Tcp)), question, Id, out var message) == MessageFault.None && !message!.IsTruncated ? message : null;
    }

    private static SignedZone Fill(string name, SignedZoneDenial denial)
    {
        var zone = Server.AddZone(name, new SignedZoneOptions { Denial = denial });
        Server.AddZone($"child.{name}").Add($"a.child.{name}", DnsRecordType.A, "192.0.2.1");
        return zone.Add($"a.{name}", DnsRecordType.A, "192.0.2.1").Add($"a.{name}", DnsRecordType.A, "192.0.2.2").Add($"b.{name}", DnsRecordType.A, "192.0.2.3")
            .Add($"alias.{name}", DnsRecordType.Cname, $"a.{name}").Add($"*.wild.{name}", DnsRecordType.A, "192.0.2.4").Add($"x.wild.{name}", DnsRecordType.Txt, "here")
            .Add($"*.wildalias.{name}", DnsRecordType.Cname, $"a.{name}").Add($"deep.ent.{name}", DnsRecordType.A, "192.0.2.5")
            .Add($"ren.{name}", DnsRecordType.Dname, $"t.{name}").Add($"x.t.{name}", DnsRecordType.A, "192.0.2.6");
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
