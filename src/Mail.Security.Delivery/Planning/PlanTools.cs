using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>What the plans of all hosts share.</summary>
/// <param name="Verifiers">Makes what judges certificates.</param>
/// <param name="Exchangers">Chooses addresses of hosts that the recipient domain names.</param>
/// <param name="Configured">Chooses addresses of hosts that the operator named: he may name what he likes.</param>
internal sealed record PlanTools(VerifierFactory Verifiers, AddressChooser Exchangers, AddressChooser Configured)
{
    public static PlanTools Of(DeliveryOptions options, TimeProvider time) => new(
        new VerifierFactory(options.ExtraRoots, time),
        new AddressChooser(options, options.Vetting is { } vetting ? new AddressVetting(vetting, time).Check : null, options.OwnAddresses),
        new AddressChooser(options, null, []));

    public AddressChooser AddressesOf(HostSource source) => source == HostSource.Configured ? Configured : Exchangers;
}
