namespace HiEndMae.Nn;

/// <summary>The window plans of all grids that a network has processed. There are few: one per level and kind of block for each size of the input.</summary>
/// <param name="window">Edge of a whole window.</param>
public sealed class WindowPlans(int window) : IDisposable
{
    private readonly Dictionary<(int X, int Y, int Z, bool Shifted), WindowPlan> plans = [];

    /// <summary>Returns the plan of a grid. It is created at the first request.</summary>
    /// <param name="grid">Tokens along x, y, z.</param>
    /// <param name="shifted">Whether windows are shifted.</param>
    public WindowPlan Of((int X, int Y, int Z) grid, bool shifted)
    {
        (int X, int Y, int Z, bool Shifted) key = (grid.X, grid.Y, grid.Z, shifted);
        if (!plans.TryGetValue(key, out WindowPlan? plan)) plans.Add(key, plan = new WindowPlan(grid, window, shifted));
        return plan;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WindowPlan plan in plans.Values) plan.Dispose();
        plans.Clear();
    }
}
