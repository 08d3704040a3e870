namespace Mail.Security.Dnssec;

/// <summary>What validating one answer may cost: a zone made to be costly ends as bogus, not as load (CVE-2023-50387, CVE-2023-50868).</summary>
/// <param name="signatures">How many signatures and digests of keys may be checked.</param>
/// <param name="hashes">How many hashes may be computed.</param>
/// <param name="questions">How many zones may be looked for.</param>
/// <param name="others">How often the same again may be used up by servers whose words were not the cheapest.</param>
internal sealed class WorkBudget(int signatures, int hashes, int questions, int others = 0)
{
    private int _signaturesBeside = signatures * others;
    private int _hashesBeside = hashes * others;
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

    /// <summary>Takes over what was used elsewhere, which may be more than is left here.</summary>
    public void Charge(int signatures, int hashes)
    {
        Interlocked.Add(ref _signatures, -signatures);
        Interlocked.Add(ref _hashes, -hashes);
        Count(signatures, hashes);
    }

    /// <summary>The same for what further servers cost.</summary>
    public void ChargeBeside(int signatures, int hashes)
    {
        Interlocked.Add(ref _signaturesBeside, -signatures);
        Interlocked.Add(ref _hashesBeside, -hashes);
        Count(signatures, hashes);
    }

    private void Count(int signatures, int hashes)
    {
        Interlocked.Add(ref _checked, signatures);
        Interlocked.Add(ref _hashed, hashes);
    }

    /// <summary>True when something was asked for beyond the budget: what was not proven then says nothing against the zone but its cost.</summary>
    public bool IsExceeded => Volatile.Read(ref _signatures) < 0 || Volatile.Read(ref _hashes) < 0 || Volatile.Read(ref _questions) < 0
        || Volatile.Read(ref _signaturesBeside) < 0 || Volatile.Read(ref _hashesBeside) < 0;
}
