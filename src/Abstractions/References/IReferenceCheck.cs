namespace HiEndMae.References;

/// <summary>A component's config that recomputes reference numbers of another program, so that <c>hiendmae verify</c> can compare them.</summary>
/// <remarks>A golden of the kind <c>pretext-NAME</c> is given to the pretext task NAME. Its metadata and tensors say sizes, weights and draws; nothing may be random.</remarks>
public interface IReferenceCheck
{
    /// <summary>Recomputes the outputs that the golden contains.</summary>
    /// <param name="golden">Inputs, and the numbers to reproduce.</param>
    IEnumerable<ReferenceValue> Recompute(IReferenceTensors golden);
}
