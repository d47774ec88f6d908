namespace HiEndMae.Engine.Metrics;

/// <summary>Dice similarity coefficient of label maps, 2 |A and B| / (|A| + |B|), as MONAI 1.2 counts it.</summary>
public static class DiceScore
{
    /// <summary>One value per class, 0 to 1; null where the truth has none of the class.</summary>
    /// <param name="prediction">Class indices.</param>
    /// <param name="truth">Class indices of the same voxels.</param>
    /// <param name="numClasses">K; indices are below it.</param>
    /// <exception cref="ArgumentException">The maps have different lengths.</exception>
    public static double?[] PerClass(ReadOnlySpan<ushort> prediction, ReadOnlySpan<ushort> truth, int numClasses)
    {
        if (prediction.Length != truth.Length) throw new ArgumentException($"{prediction.Length} predicted voxels against {truth.Length} true ones.", nameof(prediction));
        var predicted = new long[numClasses];
        var actual = new long[numClasses];
        var both = new long[numClasses];
        for (int i = 0; i < truth.Length; i++)
        {
            predicted[prediction[i]]++;
            actual[truth[i]]++;
            if (prediction[i] == truth[i]) both[truth[i]]++;
        }
        var dice = new double?[numClasses];
        for (int k = 0; k < numClasses; k++) dice[k] = actual[k] == 0 ? null : 2.0 * both[k] / (predicted[k] + actual[k]);
        return dice;
    }

    /// <summary>Mean over the classes that have a value; null where none has.</summary>
    /// <param name="perClass">Background first.</param>
    /// <param name="includeBackground">Whether class 0 counts.</param>
    public static double? Mean(IReadOnlyList<double?> perClass, bool includeBackground) => perClass.Skip(includeBackground ? 0 : 1).Average();
}
