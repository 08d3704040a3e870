namespace Mail.Security.Dnssec;

/// <summary>A record of any type as octets. Two are equal when all fields are, the data by its octets.</summary>
/// <param name="Owner">The name that owns it; empty for the root.</param>
/// <param name="Type">The number of its type.</param>
/// <param name="Data">Its data in canonical form (RFC 4034 §6.2): names uncompressed and, in the types listed there, in lower case.</param>
public sealed record DnsRecord(DomainName Owner, ushort Type, ReadOnlyMemory<byte> Data)
{
    /// <inheritdoc/>
    public bool Equals(DnsRecord? other) => other is not null && Owner == other.Owner && Type == other.Type && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Owner);
        hash.Add(Type);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }

    /// <summary>The record for people: <c>example.com. TYPE65 ab12…</c>, the data in lower-case hexadecimal.</summary>
    /// <returns>Owner, type by its number, and data.</returns>
    public override string ToString() => System.FormattableString.Invariant($"{Owner}. TYPE{Type} {Convert.ToHexStringLower(Data.Span)}");
}
