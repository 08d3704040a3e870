using System.Security.Cryptography;

namespace Mail.Security.Dnssec.Tests.Signatures;

public class KeyCopiesTests
{
    [Fact]
    public void Take_OneAfterTheOther_GivesTheSameCopy()
    {
        var made = 0;
        var copies = new KeyCopies<ECDsa>(() => { made++; return ECDsa.Create(ECCurve.NamedCurves.nistP256); });
        var first = copies.Take();
        copies.GiveBack(first);
        Assert.Same(first, copies.Take());
        Assert.Equal(1, made);
    }

    [Fact]
    public void Take_WhileOthersAreInUse_GivesEachACopyOfItsOwn()
    {
        var copies = new KeyCopies<ECDsa>(static () => ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var taken = Enumerable.Range(0, Environment.ProcessorCount + 3).Select(_ => copies.Take()).ToList();
        Assert.Equal(taken.Count, taken.Distinct().Count());

        taken.ForEach(copies.GiveBack);
        // Some are kept; the others are disposed of.
        var kept = Enumerable.Range(0, KeyCopies<ECDsa>.Kept).Select(_ => copies.Take()).ToList();
        Assert.All(kept, copy => Assert.Contains(copy, taken));
        Assert.All(taken.Except(kept), static copy => Assert.Throws<ObjectDisposedException>(() => copy.ExportParameters(false)));
    }

    [Fact]
    public async Task Verify_ByManyAtOnce_IsRightForEach()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = signer.ExportParameters(false).Q;
        var key = PublicKey.Read(SigningAlgorithms.EcdsaP256, [.. point.X!, .. point.Y!]);
        byte[] data = [1, 2, 3], other = [1, 2, 4];
        var signature = signer.SignData(data, HashAlgorithmName.SHA256);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 50).All(_ => key.Verify(data, signature) && !key.Verify(other, signature)))));

        Assert.All(verdicts, Assert.True);
    }
}
