using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>The expensive part of SCRAM (RFC 5802 §3), once. It owns the prepared password, and clears it.</summary>
internal sealed class KeyDerivation(ScramHash hash, byte[] password, byte[] salt, int iterations) : IDisposable
{
    /// <summary>The name of the result in a cache.</summary>
    public byte[] TagIn<T>(KeyedCache<T> cache) =>
        cache.TagOf(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{ScramAlgorithm.Name(hash)}:{iterations}")), salt, password);

    /// <summary>Derives on a thread of the pool; the keys are the caller's to clear. Who gives up waits no longer, while the work runs to its end.</summary>
    public async ValueTask<(byte[] ClientKey, byte[] ServerKey)> RunAsync(CancellationToken cancellationToken)
    {
        var work = Task.Run(Derive, CancellationToken.None);
        try
        {
            return await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = work.ContinueWith(static done => Clear(done.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Clears the password of a derivation that is not wanted.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(password);

    private (byte[] ClientKey, byte[] ServerKey) Derive()
    {
        try
        {
            return ScramAlgorithm.DeriveKeys(hash, password, salt, iterations);
        }
        finally
        {
            Dispose();
        }
    }

    private static void Clear((byte[] ClientKey, byte[] ServerKey) keys)
    {
        CryptographicOperations.ZeroMemory(keys.ClientKey);
        CryptographicOperations.ZeroMemory(keys.ServerKey);
    }
}
