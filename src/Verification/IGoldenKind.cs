namespace HiEndMae.Verification;

/// <summary>Compares the goldens of one kind. A new kind is a class of its own and a line in <see cref="Kinds.GoldenKinds"/>.</summary>
public interface IGoldenKind
{
    /// <summary>The <c>kind</c> that the golden's metadata says.</summary>
    string Name { get; }

    /// <summary>Computes what the golden holds, with the configuration that its metadata says, and compares.</summary>
    /// <param name="golden">The golden.</param>
    /// <param name="context">Components, device, threads.</param>
    /// <returns>At least one comparison.</returns>
    /// <exception cref="Engine.Weights.CheckpointException">The golden is broken, or does not fit the model that it describes.</exception>
    /// <exception cref="PluginException">A component that the golden names is missing or refuses its config.</exception>
    IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context);
}
