using System.Net;

namespace Mail.Security.Transports;

/// <summary>Dials the addresses that <see cref="AddressVetting"/> has nothing against, and no others.</summary>
/// <param name="inner">Opens the connection.</param>
/// <param name="vetting">Looks at the address first.</param>
/// <remarks>Delivery vets when it plans; this is for whoever dials without a plan.</remarks>
public sealed class VettedDialer(SmtpDialer inner, AddressVetting vetting) : SmtpDialer
{
    private readonly SmtpDialer _inner = inner ?? throw new ArgumentNullException(nameof(inner));
    private readonly AddressVetting _vetting = vetting ?? throw new ArgumentNullException(nameof(vetting));

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return _vetting.Check(endpoint.Address) is { } refusal
            ? new(new DialResult.Failed(DialFailure.NotAllowed, refusal.Detail))
            : _inner.DialAsync(endpoint, cancellationToken);
    }
}
