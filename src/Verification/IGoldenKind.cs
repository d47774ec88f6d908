namespace HiEndMae.Verification;

/// <summary>Compares the goldens of one kind. To add a kind, implement this interface and list the class in <see cref="Kinds.GoldenKinds"/>.</summary>
public interface IGoldenKind
{
    /// <summary>Value of <c>kind</c> in the metadata of its goldens.</summary>
    string Name { get; }

    /// <summary>Whether goldens of a kind are compared by this class.</summary>
    bool Compares(string kind) => kind == Name;

    /// <summary>Computes the golden's outputs with the configuration in its metadata, and compares them.</summary>
    /// <param name="golden">The golden.</param>
    /// <param name="context">Provides components, device and number of threads.</param>
    /// <returns>The comparisons; at least one.</returns>
    /// <exception cref="Engine.Weights.CheckpointException">The golden is broken, or does not match the model that it describes.</exception>
    /// <exception cref="PluginException">A component that the golden uses is missing or rejects its config.</exception>
    IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context);
}
