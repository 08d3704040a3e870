using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Conformance;

/// <summary>One row of a table: a question, and the verdict that the text of an RFC asks for.</summary>
/// <param name="Name">What is special; unique in its table.</param>
/// <param name="Ask">Name and type.</param>
/// <param name="Verdict">The state, what was found, the extended error's code, and behind a colon a word of its sentence.</param>
/// <param name="Chain">Each step with its state: + secure, - insecure, ! bogus, ? indeterminate; null where it depends on keys that are made at run time.</param>
/// <param name="Arrange">Makes the world depart from the plain one.</param>
public sealed record ConformanceCase(string Name, string Ask, string Verdict, string? Chain, Action<ConformanceWorld>? Arrange = null)
{
    /// <summary>How the zone z.test is signed.</summary>
    public SignedZoneOptions Zone { get; init; } = new();

    /// <summary>How the root is signed.</summary>
    public SignedZoneOptions Root { get; init; } = new();

    /// <summary>The time; null for an ordinary day.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Settings of the resolver; the anchors of the root are set before.</summary>
    public Action<DnssecResolverOptions, ConformanceWorld>? Settings { get; init; }

    /// <summary>A pattern for the whole sentence of the extended error; null where a word of it is enough.</summary>
    public string? Sentence { get; init; }

    /// <summary>For how many seconds the answer may be kept; null where that is not the point.</summary>
    public int? Seconds { get; init; }

    /// <summary>How another validator's verdict on the same data compares.</summary>
    public UnboundVerdict Unbound { get; init; } = new UnboundVerdict.Same();

    public override string ToString() => Name;
}
