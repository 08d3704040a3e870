namespace Mail.Security.Dnssec;

/// <summary>What finding the keys of one zone may cost: a budget of its own for each reply, so that what one server says spoils nothing for another.</summary>
/// <remarks>
/// A reply that is judged again, by other DS records, has what is left of its budget. So all of it costs at most two budgets for each server: one for its DS records, one for its keys.
/// For one flow at a time.
/// </remarks>
internal sealed class FlightBudget(ValidationRules rules)
{
    private readonly Dictionary<Reply.Answered, WorkBudget> _replies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The budget of one reply.</summary>
    public WorkBudget Of(Reply.Answered reply)
    {
        if (!_replies.TryGetValue(reply, out var own))
            _replies[reply] = own = rules.ZoneBudget();
        return own;
    }

    /// <summary>Charges all that was used to the budget of an answer.</summary>
    /// <remarks>The zone's own cost is that at the server where it was least; what others said beyond that is told apart, or one that lies would make every zone below costly.</remarks>
    public void ChargeTo(WorkBudget payer)
    {
        var servers = _replies.GroupBy(static one => one.Key.From, static one => one.Value, ReferenceEqualityComparer.Instance)
            .Select(static budgets => (Checks: budgets.Sum(static one => one.Checked), Hashes: budgets.Sum(static one => one.Hashed))).ToList();
        if (servers.Count == 0)
            return;
        var (checks, hashes) = (servers.Min(static one => one.Checks), servers.Min(static one => one.Hashes));
        payer.Charge(checks, hashes);
        payer.ChargeBeside(servers.Sum(static one => one.Checks) - checks, servers.Sum(static one => one.Hashes) - hashes);
    }
}
