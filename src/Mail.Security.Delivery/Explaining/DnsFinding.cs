using System.Globalization;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>One lookup of an attempt and what it gave.</summary>
/// <param name="Question">The type and name asked: "MX example.com".</param>
/// <param name="Result">The records, "none", "no such name" or the failure, in one line.</param>
/// <param name="Security">The least security of everything the answer rests on; null when there was no answer.</param>
/// <param name="Error">The extended error of a failure (RFC 8914), when there was one.</param>
public sealed record DnsFinding(string Question, string Result, DnsSecurity? Security, ExtendedDnsError? Error)
{
    /// <summary>The lookup in one line.</summary>
    /// <returns>"MX example.com: 10 mx.example.com [secure]".</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Question}: {Result} [{Security?.ToString().ToLowerInvariant() ?? "no answer"}]{(Error is { } error ? $" {error}" : "")}");
}
