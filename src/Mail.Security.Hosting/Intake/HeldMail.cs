namespace Mail.Security.Hosting;

/// <summary>What one message takes of the budget. Gives all of it back once.</summary>
internal sealed class HeldMail(MailDataBudget? budget) : IDisposable
{
    private long _taken;

    public MailDataVerdict Take(long bytes)
    {
        if (budget is null)
            return MailDataVerdict.Fits;
        var verdict = budget.Take(bytes);
        if (verdict == MailDataVerdict.Fits)
            _taken += bytes;
        return verdict;
    }

    public void Dispose()
    {
        budget?.Release(_taken);
        _taken = 0;
    }
}
