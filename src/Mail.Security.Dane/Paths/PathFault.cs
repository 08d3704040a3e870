namespace Mail.Security.Dane;

/// <summary>Why a path is no good.</summary>
internal sealed record PathFault(PeerRejection Reason, string Detail)
{
    /// <summary>True when this path came further than the other: its fault is then the one worth reporting.</summary>
    public bool IsNearerThan(PathFault other) => Rank(Reason) > Rank(other.Reason);

    private static int Rank(PeerRejection reason) => reason switch
    {
        PeerRejection.NameMismatch => 4,
        PeerRejection.WrongPurpose => 3,
        PeerRejection.Expired or PeerRejection.NotYetValid => 2,
        PeerRejection.Untrusted => 1,
        _ => 0,
    };
}
