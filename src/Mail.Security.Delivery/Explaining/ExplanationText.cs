using System.Globalization;
using System.Text;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>The explanation in words, one fact a line.</summary>
internal static class ExplanationText
{
    public static string Write(AttemptExplanation attempt)
    {
        var text = new StringBuilder();
        Line(text, 0, $"attempt {attempt.Attempt} to {attempt.Domain}{Demand(attempt.Demand)}: {attempt.Verdict}");
        foreach (var route in attempt.Routes)
            Line(text, 1, $"by {route}");
        foreach (var lookup in attempt.Lookups)
            Line(text, 1, $"{lookup}");
        Sentence(text, 1, "MTA-STS", attempt.MtaSts);
        foreach (var host in attempt.Hosts)
            Host(text, host);
        return text.ToString(0, text.Length - 1);
    }

    /// <summary>The verdict on a TLS session in one phrase.</summary>
    public static string Describe(TlsSession tls) => $"{Version(tls)} {tls.Cipher}, {Describe(tls.Verdict)}";

    public static string Describe(PeerVerdict verdict) => verdict switch
    {
        PeerVerdict.Authenticated(var method, var evidence) => $"authenticated by {method}: {evidence}",
        PeerVerdict.EncryptedOnly { IgnoredFailure: "" } => "not authenticated",
        PeerVerdict.EncryptedOnly(var ignored) => $"not authenticated ({ignored})",
        PeerVerdict.Rejected(var reason, var detail) => $"rejected, {reason}: {detail}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Host(StringBuilder text, HostExplanation host)
    {
        Line(text, 1, $"host {host.Host} (preference {host.Preference}): {host.Result}{Label(host.Label)}");
        foreach (var lookup in host.Lookups)
            Line(text, 2, $"{lookup}");
        Sentence(text, 2, "addresses", host.Addresses);
        Sentence(text, 2, "DANE", host.Dane);
        Sentence(text, 2, "MTA-STS", host.MtaSts);
        Sentence(text, 2, "demand", host.RequireTls);
        if (host.Floor is { } floor)
            Line(text, 2, $"TLS floor: {floor.ToString().ToLowerInvariant()}");
        foreach (var session in host.Sessions)
            Session(text, session);
    }

    private static void Session(StringBuilder text, SessionExplanation session)
    {
        Line(text, 2, $"{session.Address}{Through(session)} {Asked(session.Asked)}{Reused(session.Message)}: {session.Result}{Label(session.Label)}");
        if (session.Tls is { } tls)
            Line(text, 3, $"{Describe(tls)}");
        if (session.Certificate is { } certificate)
            Line(text, 3, $"certificate {certificate.Subject}, issued by {certificate.Issuer}, valid {Date(certificate.NotBefore)} to {Date(certificate.NotAfter)}, key sha256 {certificate.PublicKeySha256}");
        if (session.RequireTls != RequireTlsSupport.Unknown)
            Line(text, 3, $"REQUIRETLS {(session.RequireTls == RequireTlsSupport.Announced ? "announced" : "not announced")}");
    }

    private static void Sentence(StringBuilder text, int depth, string topic, string sentence)
    {
        if (sentence.Length > 0)
            Line(text, depth, $"{topic}: {sentence}");
    }

    // What servers and resolvers said is in here: whatever it holds, it stays on its line.
    private static void Line(StringBuilder text, int depth, FormattableString line)
    {
        text.Append(' ', depth * 2);
        text.Append(Sentences.OneLine(line.ToString(CultureInfo.InvariantCulture)));
        text.Append('\n');
    }

    private static string Date(DateTimeOffset? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "(unreadable)";

    private static string Label(string label) => label.Length > 0 ? $" [{label}]" : "";

    private static string Version(TlsSession tls) => tls.Protocol switch
    {
        System.Security.Authentication.SslProtocols.Tls13 => "TLS 1.3",
        System.Security.Authentication.SslProtocols.Tls12 => "TLS 1.2",
        var other => other.ToString(),
    };

    private static string Through(SessionExplanation session) => session switch
    {
        { Via: null } => "",
        { Local: null } => $" through {session.Via}",
        _ => $" through {session.Via}, from {session.Local.Address},",
    };

    private static string Reused(int message) => message > 1 ? string.Create(CultureInfo.InvariantCulture, $", reused connection (message {message})") : "";

    private static string Asked(TlsUse use) => use switch
    {
        TlsUse.StartTls => "with STARTTLS",
        TlsUse.Implicit => "with TLS from the start",
        _ => "in the clear",
    };

    private static string Demand(TlsDemand demand) => demand switch
    {
        TlsDemand.RequireTls => " with REQUIRETLS",
        TlsDemand.TlsRequiredNo => " with TLS-Required: No",
        _ => "",
    };
}
