namespace Mail.Security.Dnssec;

/// <summary>What validating one answer may cost: a zone made to be costly ends as bogus, not as load (CVE-2023-50387, CVE-2023-50868).</summary>
internal sealed class WorkBudget(int signatures, int hashes, int questions)
{
    private int _signatures = signatures;
    private int _hashes = hashes;
    private int _questions = questions;

    public bool TrySpendSignature() => Interlocked.Decrement(ref _signatures) >= 0;

    /// <summary>Takes the cost of one hashed name: a hash and its iterations.</summary>
    public bool TrySpendHashes(int count) => Interlocked.Add(ref _hashes, -count) >= 0;

    public bool TrySpendQuestion() => Interlocked.Decrement(ref _questions) >= 0;

    /// <summary>True when something was asked for beyond the budget: what was not proven then says nothing against the zone but its cost.</summary>
    public bool IsExceeded => Volatile.Read(ref _signatures) < 0 || Volatile.Read(ref _hashes) < 0 || Volatile.Read(ref _questions) < 0;
}
