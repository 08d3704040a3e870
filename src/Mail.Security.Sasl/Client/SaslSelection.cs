namespace Mail.Security.Sasl;

/// <summary>Which mechanism a client uses with a server, if any.</summary>
public abstract record SaslSelection
{
    private protected SaslSelection()
    {
    }

    /// <summary>The strongest both sides have.</summary>
    /// <param name="Client">The authentication, not begun; the caller disposes it.</param>
    public sealed record Selected(SaslClient Client) : SaslSelection;

    /// <summary>None. This does not pass by itself: the server, the options or the protection of the channel must change.</summary>
    /// <param name="Offered">What the server offered, as far as it has the form of a mechanism name.</param>
    /// <param name="Withheld">Of those, what would have been used on a channel whose peer is verified.</param>
    public sealed record Nothing(IReadOnlyList<string> Offered, IReadOnlyList<string> Withheld) : SaslSelection
    {
        /// <summary>One sentence for people.</summary>
        /// <returns>What was offered, and what was withheld.</returns>
        public override string ToString()
        {
            var offered = Offered.Count == 0 ? "The server offered no mechanism" : $"The server offered {string.Join(", ", Offered)}: none can be used";
            return Withheld.Count == 0 ? $"{offered}." : $"{offered}, and {string.Join(", ", Withheld)} only on a verified channel.";
        }
    }
}
