namespace Mail.Security.Transports;

/// <summary>What a caller was given by a pool.</summary>
public abstract record SmtpPoolTurn
{
    private SmtpPoolTurn()
    {
    }

    /// <summary>A place, perhaps with an idle session on it.</summary>
    /// <param name="Place">The place; the receiver of this result disposes of it.</param>
    public sealed record Entered(SmtpPoolPlace Place) : SmtpPoolTurn;

    /// <summary>No place became free in time, or the pool is disposed.</summary>
    /// <param name="Limit">Why.</param>
    public sealed record Refused(SmtpPoolLimit Limit) : SmtpPoolTurn;
}
