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
    /// <exception cref="InvalidDataException">The content has not the length it says, and no host had taken the message for anybody yet.</exception>
    /// <exception cref="Exception">
    /// What the content, the dialer or a store threw, such as an <see cref="IOException"/>, while no host had taken the message for anybody
    /// yet; else the fault is logged, the report tells of what was delivered, and the rest is transient.
    /// </exception>
    ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken = default);
}
