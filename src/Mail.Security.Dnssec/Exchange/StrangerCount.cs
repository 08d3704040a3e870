namespace Mail.Security.Dnssec;

/// <summary>How many messages came that belong to another question; kept outside of the wait, which may end by time.</summary>
internal sealed class StrangerCount
{
    public int Count { get; set; }
}
