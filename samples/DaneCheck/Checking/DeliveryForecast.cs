namespace DaneCheck.Checking;

/// <summary>What a delivery would do at this point.</summary>
internal enum DeliveryForecast : byte
{
    /// <summary>Not use this host or address; the message would wait, or go elsewhere.</summary>
    Waits = 0,

    /// <summary>Send the message.</summary>
    Delivers,
}
