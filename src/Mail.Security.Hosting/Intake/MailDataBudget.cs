namespace Mail.Security.Hosting;

/// <summary>
/// How much mail an application holds while it arrives, in memory and in temporary files, over all its sessions. Make one and give it to the
/// intake and to the listeners. Safe for use by several threads.
/// </summary>
/// <remarks>
/// When three quarters are in use no message is begun any more (452 4.3.1) and no connection greeted (421): the last quarter is for messages
/// under way. One that finds nothing left of it is read to its end, not kept, and answered 452 4.3.1. Nothing is dropped without a word.
/// </remarks>
public sealed class MailDataBudget
{
    private readonly long _most;
    private long _held;

    /// <summary>Makes a budget of so many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1 MiB.</exception>
    public MailDataBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1 << 20);
        _most = bytes;
    }

    /// <summary>The bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Whether no message should be begun any more.</summary>
    public bool IsNearlyFull => Held >= _most / 4 * 3;

    /// <summary>Whether a message of this declared size (RFC 1870 §6.1) may be begun; null or 0 when its size is not known.</summary>
    public MailDataVerdict Judge(long? size) =>
        IsNearlyFull || Held + (size ?? 0) > _most ? MailDataVerdict.Full : MailDataVerdict.Fits;

    /// <summary>Takes room for bytes before they are held; <see cref="Release"/> gives it back.</summary>
    public MailDataVerdict Take(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (Interlocked.Add(ref _held, bytes) <= _most)
            return MailDataVerdict.Fits;
        Interlocked.Add(ref _held, -bytes);
        return MailDataVerdict.Full;
    }

    /// <summary>Gives back room that was taken.</summary>
    public void Release(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Add(ref _held, -bytes);
    }
}
