using System.Net;

namespace Mail.Security.SenderAuthentication;

/// <summary>A record as it was parsed (RFC 7208 §4.6.1).</summary>
internal sealed record SpfRecord(IReadOnlyList<SpfDirective> Directives, MacroText? Redirect, MacroText? Explanation);

/// <summary>One directive: what it tests, and what follows from a match.</summary>
internal sealed record SpfDirective(SpfQualifier Qualifier, SpfMechanism Mechanism, string Text);

/// <summary>What follows from a match (RFC 7208 §4.6.2).</summary>
internal enum SpfQualifier : byte
{
    Neutral = 0,
    Pass,
    SoftFail,
    Fail,
}

/// <summary>What a directive tests (RFC 7208 §5). A closed set of cases; a domain that is null is the domain of the record.</summary>
internal abstract record SpfMechanism
{
    private SpfMechanism()
    {
    }

    public sealed record All : SpfMechanism;

    public sealed record Include(MacroText Domain) : SpfMechanism;

    public sealed record A(MacroText? Domain, PrefixLengths Prefix) : SpfMechanism;

    public sealed record Mx(MacroText? Domain, PrefixLengths Prefix) : SpfMechanism;

    public sealed record Ptr(MacroText? Domain) : SpfMechanism;

    public sealed record Ip(IPAddress Network, PrefixLengths Prefix) : SpfMechanism;

    public sealed record Exists(MacroText Domain) : SpfMechanism;
}

/// <summary>How many leading bits count, for each family.</summary>
internal readonly record struct PrefixLengths(int Four, int Six)
{
    public static PrefixLengths Whole { get; } = new(32, 128);

    public bool Match(IPAddress one, IPAddress other)
    {
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        if (one.AddressFamily != other.AddressFamily || !one.TryWriteBytes(left, out var length) || !other.TryWriteBytes(right, out _))
            return false;
        var bits = length == 4 ? Four : Six;
        var (whole, rest) = (bits / 8, bits % 8);
        return left[..whole].SequenceEqual(right[..whole]) && (rest == 0 || (left[whole] ^ right[whole]) >> (8 - rest) == 0);
    }
}
