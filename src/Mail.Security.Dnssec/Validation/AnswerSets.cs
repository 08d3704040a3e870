namespace Mail.Security.Dnssec;

/// <summary>How sets of one answer belong together.</summary>
internal static class AnswerSets
{
    /// <summary>The DNAME from which a CNAME was made (RFC 6672 §5.3.1); null when it is not the one the DNAME makes.</summary>
    public static RecordSet? DnameAbove(SectionSets answers, CanonicalName owner, RecordSet alias)
    {
        foreach (var rename in answers.OfType(DnssecTypes.Dname))
        {
            if (owner.IsBelow(rename.Owner) && rename.Data.Count == 1 && alias.Data.Count == 1
                && CanonicalName.TryRead(rename.Data[0], out var target) && owner.Replace(rename.Owner, target) is { } made && made.Octets.SequenceEqual(alias.Data[0]))
            {
                return rename;
            }
        }
        return null;
    }

    /// <summary>The signers that can be meant, each once, the nearest first, and not more than a few.</summary>
    /// <param name="sets">The sets whose signatures are looked at.</param>
    /// <param name="name">The name they must be at or above.</param>
    /// <param name="side">Which of them.</param>
    public static IReadOnlyList<CanonicalName> Signers(IEnumerable<RecordSet> sets, CanonicalName name, ZoneSide side) =>
        [.. sets.SelectMany(static set => set.Signatures).Select(static signature => signature.Signer)
            .Where(signer => side == ZoneSide.Parent && !name.IsRoot ? name.IsBelow(signer) : name.IsAtOrBelow(signer))
            .Distinct().OrderByDescending(static signer => signer.Labels).Take(MaxSigners)];

    private const int MaxSigners = 3;
}

/// <summary>On which side of a zone cut records belong.</summary>
internal enum ZoneSide : byte
{
    Child = 0,

    /// <summary>Those of the zone above: DS and what denies it (RFC 4035 §2.4).</summary>
    Parent,
}
