namespace Mail.Security.Delivery;

/// <summary>Makes delivery attempts. The seam between the queue, which knows when, and the network, which knows how.</summary>
public interface IDeliveryAgent
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="request">The message and its recipients.</param>
    /// <param name="cancellationToken">Stops the attempt. A message stopped between its last octet and the server's reply may have been delivered.</param>
    /// <returns>What became of every recipient, with the explanation. What the network, resolvers and servers do is never an exception.</returns>
    /// <exception cref="ArgumentException">No recipient, or one outside the domain.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and no host had taken the message for anybody yet; else the report tells of that, and the rest is transient.</exception>
    /// <exception cref="IOException">The content could not be read, and no host had taken the message for anybody yet.</exception>
    /// <exception cref="InvalidDataException">The content has not the length it says, and no host had taken the message for anybody yet.</exception>
    ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken = default);
}
