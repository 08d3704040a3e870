namespace Mail.Security.Testing;

/// <summary>When a peer departs from its usual behaviour.</summary>
/// <param name="Moment">The moment.</param>
/// <param name="Action">What it does then.</param>
public sealed record SmtpPeerRule(SmtpPeerMoment Moment, SmtpPeerAction Action)
{
    /// <summary>Which occurrence of the moment in a connection, counted from 1; 0, the default, means each.</summary>
    public int Occurrence { get; init; }

    /// <summary>Which connection, counted from 1; 0, the default, means each.</summary>
    public int Connection { get; init; }

    /// <summary>The command the rule is for, case ignored, '*' standing for any text; "*" by default.</summary>
    public string Command { get; init; } = "*";
}
