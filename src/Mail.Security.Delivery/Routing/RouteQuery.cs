namespace Mail.Security.Delivery;

/// <summary>What routes are asked with: one attempt for one recipient domain.</summary>
public sealed record RouteQuery
{
    /// <summary>The recipient domain.</summary>
    public required RecipientDomain Recipient { get; init; }

    /// <summary>The reverse-path.</summary>
    public MailPath Sender { get; init; }

    /// <summary>The account that submitted the message; empty for none.</summary>
    public string Account { get; init; } = string.Empty;

    /// <summary>The number of the attempt, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>What the sender demands of transport security.</summary>
    public TlsDemand Demand { get; init; }

    /// <summary>What is known of the domain's own hosts; null for nothing.</summary>
    public DomainKnowledge? Knowledge { get; init; }

    /// <summary>The mail exchangers with the best preference; empty when the domain has none; null when they were not looked up yet.</summary>
    public IReadOnlyList<DomainName>? Exchangers { get; init; }

    internal bool IsKnown(DestinationTrait trait) => Knowledge?.Has(trait) ?? false;
}
