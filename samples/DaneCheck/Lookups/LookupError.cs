using Mail.Security.Dnssec;

namespace DaneCheck.Lookups;

/// <summary>An extended error (RFC 8914).</summary>
internal sealed record LookupError(int Code, string Name, string Text)
{
    public static LookupError? Of(ExtendedDnsError? error) => error is null ? null : new(error.Code, error.Name, error.Text);
}
