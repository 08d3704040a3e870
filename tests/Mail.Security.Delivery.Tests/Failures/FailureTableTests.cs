using System.Diagnostics;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>Walks every value of every failure the packages below can name.</summary>
public sealed class FailureTableTests
{
    private static readonly PeerVerdict Rejected = new PeerVerdict.Rejected(PeerRejection.Untrusted, "no chain");

    public static TheoryData<DeliveryFailure> All =>
    [
        .. Enum.GetValues<DnsFailure>().Select(reason => FailureTable.Of(reason, null, "x")),
        .. Enum.GetValues<DnsFailure>().Select(reason => FailureTable.Of(new DaneDecision.Defer(reason, null, DomainName.Parse("mx.a.test"), "x"))),
        .. Enum.GetValues<DnsFailure>().Select(reason => FailureTable.Of(new MtaStsDecision.Defer(reason, null, "x"))),
        .. Enum.GetValues<PlanFault>().Select(fault => FailureTable.Of(fault, "a.test")),
        .. Enum.GetValues<DialFailure>().Select(reason => FailureTable.Of(reason, "x")),
        FailureTable.Of(new TransportDefinition.Fail()), FailureTable.Of(new TransportDefinition.Fail { Code = 450 }),
        .. from kind in Enum.GetValues<SessionFailureKind>()
           from demand in Enum.GetValues<TlsDemand>()
           select FailureTable.AtRelay(FailureTable.Of(new SessionFailure(kind, SmtpStage.Hello, new SmtpReply(554, null, ["x"]), Rejected, "x"), demand)),
        .. Enum.GetValues<RequireTlsGate>().Select(gate => FailureTable.Of(new RequireTlsRefusal(gate, new SmtpRefusal(550, new EnhancedStatus(5, 7, gate == RequireTlsGate.ServerSupport ? (ushort)30 : (ushort)10), "x")))),
        .. from kind in Enum.GetValues<SessionFailureKind>()
           from demand in Enum.GetValues<TlsDemand>()
           from reply in (SmtpReply?[])[null, new(421, null, ["x"]), new(454, new EnhancedStatus(5, 7, 0), ["5.7.0 x"]), new(554, new EnhancedStatus(4, 7, 1), ["4.7.1 x"])]
           select FailureTable.Of(new SessionFailure(kind, SmtpStage.StartTls, reply, Rejected, "x"), demand),
        .. from outcome in (DeliveryOutcome[])[DeliveryOutcome.Deferred, DeliveryOutcome.Refused]
           from stage in Enum.GetValues<SmtpStage>()
           from reply in (SmtpReply?[])[null, new(451, new EnhancedStatus(4, 2, 0), ["x"]), new(552, new EnhancedStatus(5, 5, 3), ["x"])]
           select FailureTable.Of(new RecipientOutcome(MailPath.Parse("a@a.test"), outcome, reply, null, stage, "x"), null, TlsDemand.Default),
    ];

    [Theory, MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Of_EveryValue_StatusAgreesWithDisposition(DeliveryFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Assert.Equal(failure.Disposition == Disposition.Permanent ? 5 : 4, failure.Status.Class);
        Assert.NotEqual(Disposition.Delivered, failure.Disposition);
        Assert.NotEmpty(failure.Sentence);
        Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", failure.Label);
    }

    [Fact]
    public void Of_EveryValueWithoutRequireTls_DoubtIsTransient()
    {
        string[] permanent = ["null-mx", "no-domain", "no-mail-host", "no-address", "mail-loop", "greeting-refused", "hello-refused", "closing", "reply-permanent", "transport-fail",
            "requiretls-name", "requiretls-clear", "requiretls-unverified", "requiretls-support"];
        foreach (var failure in All.Select(row => row.Data).Where(failure => failure.Disposition == Disposition.Permanent && !failure.Sentence.StartsWith("REQUIRETLS", StringComparison.Ordinal)))
            Assert.Contains(failure.Label, permanent);
    }

    [Theory]
    [InlineData(DnsFailure.Unspecified, "cannot be told: no record can be used")]
    [InlineData(DnsFailure.Timeout, "cannot be told: the TLSA lookup for mx.a.test failed, Timeout: no record can be used")]
    public void DaneSentence_Defer_SaysWhetherALookupFailed(DnsFailure reason, string sentence) =>
        Assert.Equal(sentence, DaneSentence.Of(new DaneDecision.Defer(reason, null, DomainName.Parse("mx.a.test"), "no record can be used")));

    [Theory]
    [InlineData("x: expired", "expired", "x: expired (EDE 7 (Signature Expired))")]
    [InlineData("SERVFAIL", "expired", "SERVFAIL (EDE 7 (Signature Expired): expired)")]
    [InlineData("SERVFAIL", "", "SERVFAIL (EDE 7 (Signature Expired))")]
    public void Of_ExtendedError_SaysNothingTwice(string detail, string text, string sentence) =>
        Assert.Equal(sentence, FailureTable.Of(DnsFailure.Bogus, new ExtendedDnsError(7, text), detail).Sentence);

    [Theory]
    [InlineData("TLS is mandatory, but the TLSA record at _25._tcp.mx.a.test is unusable (PkixUsage): no certificate is verified by DANE", "1 1 1")]
    [InlineData("TLS is mandatory, but all 2 TLSA records at _25._tcp.mx.a.test are unusable (PkixUsage, WrongDigestLength): no certificate is verified by DANE", "1 1 1", "3 1 1")]
    public void DaneSentence_UnusableRecords_SaysWhy(string sentence, params string[] records)
    {
        var made = records.Select(static text => text.Split(' ').Select(byte.Parse).ToArray()).Select(static parts => new TlsaRecord((TlsaUsage)parts[0], (TlsaSelector)parts[1], (TlsaMatching)parts[2], new byte[] { 1 }));
        Assert.Equal(sentence, DaneSentence.Of(new DaneDecision.EncryptOnly(DanePolicy.Create(DomainName.Parse("mx.a.test"), 25, made))));
    }

    [Fact]
    public void Of_LabelsOfOneKind_AreDistinct()
    {
        AssertDistinct(Enum.GetValues<DnsFailure>().Select(reason => FailureTable.Of(reason, null, "x").Label));
        AssertDistinct(Enum.GetValues<DialFailure>().Select(reason => FailureTable.Of(reason, "x").Label));
        AssertDistinct(Enum.GetValues<PlanFault>().Select(fault => FailureTable.Of(fault, "x").Label));
        AssertDistinct(Enum.GetValues<SessionFailureKind>().Select(kind => FailureTable.Of(new SessionFailure(kind, SmtpStage.Hello, null, null, "x"), TlsDemand.Default).Label));
    }

    [Theory, Trait("rfc", "8460#4.3.1")]
    [InlineData(PeerRejection.Unspecified, TlsFailureType.ValidationFailure)]
    [InlineData(PeerRejection.NoCertificate, TlsFailureType.ValidationFailure)]
    [InlineData(PeerRejection.Untrusted, TlsFailureType.CertificateNotTrusted)]
    [InlineData(PeerRejection.Expired, TlsFailureType.CertificateExpired)]
    [InlineData(PeerRejection.NotYetValid, TlsFailureType.CertificateNotTrusted)]
    [InlineData(PeerRejection.NameMismatch, TlsFailureType.CertificateHostMismatch)]
    [InlineData(PeerRejection.NoTlsaMatch, TlsFailureType.CertificateHostMismatch)]
    [InlineData(PeerRejection.WrongPurpose, TlsFailureType.CertificateNotTrusted)]
    public void ReportOf_Rejection_ItsReportType(PeerRejection reason, TlsFailureType expected) =>
        Assert.Equal(expected, FailureTable.ReportOf(new PeerVerdict.Rejected(reason, "x")));

    [Fact]
    public void Enums_EveryRejectionAndStage_HasARow()
    {
        Assert.All(Enum.GetValues<PeerRejection>(), reason => FailureTable.ReportOf(new PeerVerdict.Rejected(reason, "x")));
        Assert.All(Enum.GetValues<SmtpStage>(), stage => Assert.NotEmpty(FailureTable.Name(stage)));
        Assert.Throws<UnreachableException>(() => FailureTable.Name((SmtpStage)255));
    }

    [Theory, Trait("rfc", "8689#4.2.1")]
    [InlineData(SessionFailureKind.StartTlsNotOffered)]
    [InlineData(SessionFailureKind.StartTlsRefused)]
    [InlineData(SessionFailureKind.TlsHandshake)]
    [InlineData(SessionFailureKind.PeerRejected)]
    public void Of_NoAuthenticatedSessionWithRequireTls_EncryptionNeeded(SessionFailureKind kind)
    {
        var failure = FailureTable.Of(new SessionFailure(kind, SmtpStage.StartTls, null, Rejected, "x"), TlsDemand.RequireTls);
        Assert.Equal((Disposition.Permanent, new EnhancedStatus(5, 7, 10)), (failure.Disposition, failure.Status));
    }

    [Fact]
    public void Of_HostileText_StaysOnOneLine()
    {
        var failure = FailureTable.Of(DnsFailure.Timeout, new ExtendedDnsError(0, "a\r\nb"), "c\u2028d\u0085e\0f");
        Assert.DoesNotContain(failure.Sentence, letter => char.IsControl(letter) || letter is '\u2028' or '\u2029');
    }

    [Fact]
    public void AtRelay_WithoutRequireTls_NeverFinal() =>
        Assert.All(Enum.GetValues<SessionFailureKind>(), kind => Assert.Equal(Disposition.Transient,
            FailureTable.AtRelay(FailureTable.Of(new SessionFailure(kind, SmtpStage.Hello, new SmtpReply(554, null, ["x"]), Rejected, "x"), TlsDemand.Default)).Disposition));

    private static void AssertDistinct(IEnumerable<string> labels)
    {
        var all = labels.ToList();
        Assert.Equal(all.Distinct(), all);
    }
}
