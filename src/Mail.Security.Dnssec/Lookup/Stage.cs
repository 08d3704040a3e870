namespace Mail.Security.Dnssec;

/// <summary>What one question to a server brought: an end, or aliases that lead to a name to ask next. What the cache holds.</summary>
internal abstract record Stage
{
    /// <summary>When it was read, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public required long ReadAt { get; init; }

    /// <summary>How long it may be kept from then on; zero when it may not.</summary>
    public required TimeSpan Keep { get; init; }

    /// <summary>The size of the message it was read from.</summary>
    public int WireLength { get; init; }
}

/// <inheritdoc/>
internal abstract record Stage<T> : Stage
{
    /// <summary>The question is answered, or failed.</summary>
    internal sealed record End(DnsAnswer<T> Answer) : Stage<T>;

    /// <summary>The aliases lead out of the answer; the last target is to be asked next.</summary>
    internal sealed record Onward(IReadOnlyList<AliasHop> Aliases, Judgement.Judged Judged) : Stage<T>
    {
        public DnsSecurity Security => Judged.Security;

        public DomainName Next => Aliases[^1].Target;
    }
}
