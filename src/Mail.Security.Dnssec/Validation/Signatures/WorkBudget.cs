namespace Mail.Security.Dnssec;

/// <summary>What validating one answer may cost: a zone made to be costly ends as bogus, not as load (CVE-2023-50387, CVE-2023-50868).</summary>
internal sealed class WorkBudget(int signatures, int hashes, int questions)
{
    private int _signatures = signatures;
    private int _hashes = hashes;
    private int _questions = questions;

    private int _checked;
    private int _hashed;

    /// <summary>How many signatures and digests of keys were checked.</summary>
    public int Checked => Volatile.Read(ref _checked);

    /// <summary>How many hashes were computed.</summary>
    public int Hashed => Volatile.Read(ref _hashed);

    public bool TrySpendSignature()
    {
        if (Interlocked.Decrement(ref _signatures) < 0)
            return false;
        Interlocked.Increment(ref _checked);
        return true;
    }

    /// <summary>Takes the cost of one hashed name: a hash and its iterations.</summary>
    public bool TrySpendHashes(int count)
    {
        if (Interlocked.Add(ref _hashes, -count) < 0)
            return false;
        Interlocked.Add(ref _hashed, count);
        return true;
    }

    public bool TrySpendQuestion() => Interlocked.Decrement(ref _questions) >= 0;

    /// <summary>Takes over what another budget was used for, which may be more than is left here.</summary>
    public void Charge(WorkBudget other)
    {
        Interlocked.Add(ref _signatures, -other.Checked);
        Interlocked.Add(ref _hashes, -other.Hashed);
        Interlocked.Add(ref _checked, other.Checked);
        Interlocked.Add(ref _hashed, other.Hashed);
    }

    /// <summary>True when something was asked for beyond the budget: what was not proven then says nothing against the zone but its cost.</summary>
    public bool IsExceeded => Volatile.Read(ref _signatures) < 0 || Volatile.Read(ref _hashes) < 0 || Volatile.Read(ref _questions) < 0;
}
