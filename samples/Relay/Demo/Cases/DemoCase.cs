using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>One row of the table: what is done, what is expected, and how to see what came of it.</summary>
internal abstract class DemoCase
{
    /// <summary>What is shown.</summary>
    public abstract string Name { get; }

    /// <summary>What must be seen, word by word.</summary>
    public abstract string Expected { get; }

    /// <summary>The domain the message goes to; null when none is sent.</summary>
    public virtual MailHost? Raise(TestCertificateAuthority authority) => null;

    /// <summary>Hands the message in; called for every case before any of them is looked at.</summary>
    public virtual Task BeginAsync(Submission submission, DemoStage stage, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until the case is decided, and says what was seen.</summary>
    public abstract Task<string> SeeAsync(DemoStage stage, CancellationToken cancellationToken);

    /// <summary>Looks once more when all is over, the attempts made since included. Null when there is nothing to add.</summary>
    public virtual Task<string?> SeeAtEndAsync(DemoStage stage, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
