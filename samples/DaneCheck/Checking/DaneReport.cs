using System.Diagnostics;
using Mail.Security.Dane;

namespace DaneCheck.Checking;

/// <summary>What DANE demands of a host.</summary>
internal sealed record DaneReport
{
    /// <summary>NotApplicable, Authenticate, EncryptOnly or Defer.</summary>
    public required string Decision { get; init; }

    /// <summary>The same in one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The name the records were found for, or whose lookup failed; null for none.</summary>
    public string? TlsaBase { get; init; }

    /// <summary>The names a DANE-TA certificate may have.</summary>
    public IReadOnlyList<string> ReferenceNames { get; init; } = [];

    /// <summary>The records, usable ones first.</summary>
    public IReadOnlyList<TlsaReport> Records { get; init; } = [];

    public static DaneReport? Of(DaneDecision? decision, string sentence) => decision switch
    {
        null => null,
        DaneDecision.NotApplicable => new() { Decision = nameof(DaneDecision.NotApplicable), Sentence = sentence },
        DaneDecision.Authenticate(var policy) => Of(nameof(DaneDecision.Authenticate), sentence, policy),
        DaneDecision.EncryptOnly(var policy) => Of(nameof(DaneDecision.EncryptOnly), sentence, policy),
        DaneDecision.Defer defer => new() { Decision = nameof(DaneDecision.Defer), Sentence = sentence, TlsaBase = defer.TlsaBase.Ascii },
        _ => throw new UnreachableException(),
    };

    private static DaneReport Of(string decision, string sentence, DanePolicy policy) => new()
    {
        Decision = decision,
        Sentence = sentence,
        TlsaBase = policy.TlsaBase.Ascii,
        ReferenceNames = [.. policy.ReferenceNames.Select(static name => name.Ascii)],
        Records = TlsaReport.Of(policy),
    };
}
