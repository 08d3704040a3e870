namespace Mail.Security.Delivery;

/// <summary>What sender and operator demand of every host of a plan.</summary>
/// <param name="Sender">What the sender demands.</param>
/// <param name="LeastTls">What the operator demands.</param>
/// <param name="Dane">Whether hosts must be proven by DANE.</param>
/// <param name="Families">The families in which hosts are dialed; null when transport and destination leave none.</param>
/// <param name="Port">The port.</param>
internal sealed record HostDemands(TlsDemand Sender, TlsFloor LeastTls, DaneRequirement Dane, AddressFamilies? Families, int Port)
{
    /// <summary>What both allow; null for nothing.</summary>
    public static AddressFamilies? Both(AddressFamilies one, AddressFamilies other) => one == other || other == AddressFamilies.Any ? one : one == AddressFamilies.Any ? other : null;
}
