namespace Mail.Security.Dnssec;

/// <summary>What exists at a name, and the next name of the zone (RFC 4034 §4).</summary>
internal sealed record NsecData(CanonicalName Owner, CanonicalName Next, TypeBitmap Types)
{
    public static bool TryRead(CanonicalName owner, ReadOnlySpan<byte> data, out NsecData record)
    {
        record = null!;
        var at = 0;
        if (!WireName.TryRead(data, ref at, data.Length, out var next) || !TypeBitmap.TryRead(data[at..], out var types))
            return false;
        record = new(owner, CanonicalName.Of(next), types);
        return true;
    }

    /// <summary>Whether a name lies in the gap behind the owner; the last gap leads around to the apex (RFC 4034 §4.1.1).</summary>
    public bool Covers(CanonicalName name)
    {
        if (name.CompareTo(Owner) <= 0)
            return false;
        return Next.CompareTo(Owner) <= 0 ? name.IsBelow(Next) : name.CompareTo(Next) < 0;
    }
}
