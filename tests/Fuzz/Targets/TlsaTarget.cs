using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace Mail.Security.Fuzz.Targets;

/// <summary>TLSA records: usage, selector, matching type and data as published, judged and used to verify a server.</summary>
internal static class TlsaTarget
{
    private static readonly DomainName Host = DomainName.Parse("mx.example");
    private static readonly X509Certificate2 Server = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(TlsaTargetCertificate.Base64));

    public static void Run(byte[] input)
    {
        if (input.Length < 3)
            return;
        var record = new TlsaRecord((TlsaUsage)input[0], (TlsaSelector)input[1], (TlsaMatching)input[2], input.AsMemory(3));
        var text = record.ToString();
        Check.Equal(string.Create(CultureInfo.InvariantCulture, $"{input[0]} {input[1]} {input[2]} {Convert.ToHexStringLower(input.AsSpan(3))}").TrimEnd(), text, "a record is shown as in a zone");
        Check.That(record.ToMnemonic().All(letter => letter is >= ' ' and <= '~'), "a record can be logged");
        foreach (var profile in Enum.GetValues<DaneUsageProfile>())
            Verify(record, profile);
    }

    private static void Verify(TlsaRecord record, DaneUsageProfile profile)
    {
        var usable = TlsaUsability.Judge(record, profile) == TlsaUnusability.None;
        var policy = DanePolicy.Create(Host, 25, [record, record], profile: profile);
        Check.Equal((usable ? 1 : 0, usable ? 0 : 1), (policy.Usable.Count, policy.Unusable.Count), "a record is usable or not, and counts once");
        var verdict = new DaneVerifier(policy, profile).Verify(new PeerCertificates([Server]));
        var matches = usable && record is { Usage: TlsaUsage.DaneEe } && MatchesServer(record);
        if (record.Usage == TlsaUsage.DaneEe || !usable)
            Check.Equal(matches, verdict is PeerVerdict.Authenticated, "the server's own certificate matches by its bytes");
    }

    // RFC 6698 §2.1.2, §2.1.3
    private static bool MatchesServer(TlsaRecord record)
    {
        var selected = record.Selector == TlsaSelector.Certificate ? Server.RawData : Server.PublicKey.ExportSubjectPublicKeyInfo();
        var data = record.Matching switch
        {
            TlsaMatching.Full => selected,
            TlsaMatching.Sha256 => System.Security.Cryptography.SHA256.HashData(selected),
            _ => System.Security.Cryptography.SHA512.HashData(selected),
        };
        return record.Data.Span.SequenceEqual(data);
    }
}
