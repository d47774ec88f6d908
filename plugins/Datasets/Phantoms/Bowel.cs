namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Stomach, duodenum, small bowel and colon.</summary>
internal static class Bowel
{
    /// <summary>Loops of the small bowel, each filled in its own way.</summary>
    public static IEnumerable<Shape> SmallBowel(Patient patient)
    {
        PhantomRandom random = patient.Random;
        bool drunk = random.Happens(0.3); // contrast agent that was drunk
        int loops = 24 + random.Choose(10);
        for (int i = 0; i < loops; i++)
        {
            Point at = patient.Place(random.Within(76), random.Between(-8, 66), random.Between(-165, -22));
            double radius = random.Between(8, 13), heading = random.Between(0, 2 * Math.PI);
            var path = new List<(Point, double)> { (at, radius) };
            for (int part = 0; part < 4; part++)
            {
                heading += random.Within(1.3);
                at += new Point(Math.Cos(heading), Math.Sin(heading) * 0.7, random.Within(0.7)) * random.Between(18, 30);
                path.Add((at, radius * random.Between(0.85, 1.15)));
            }
            double contents = drunk && random.Happens(0.7) ? random.Between(120, 260) : random.Between(5, 32);
            double level = random.Happens(0.25) ? at.Y + random.Within(8) : double.PositiveInfinity;
            yield return new Tube(Tube.Curve(path, 3)) { Tissue = new Hollow(patient.Texture(), patient.Tissues.BowelWall, 2.6, contents, 10, level) };
        }
    }

    /// <summary>Ascending, transverse and descending colon with stool and gas.</summary>
    public static IEnumerable<Shape> Colon(Patient patient)
    {
        PhantomRandom random = patient.Random;
        double sag = random.Between(-50, 0);
        Point right = patient.Place(92, 0, 2, 6, true), left = patient.Place(-97, -8, 36, 6, true);
        yield return Part((patient.Place(82, 4, -190, 6), 24), (patient.Place(94, -6, -110, 6), 25), (patient.Place(97, -10, -45, 6), 22), (right, 19));
        yield return Part((right, 18), (patient.Place(62, 56, -14 + sag / 2, 8), 17), (patient.Place(4, 68, -18 + sag, 8), 17), (patient.Place(-58, 54, 4 + sag / 2, 8), 16), (left, 15));
        yield return Part((left, 15), (patient.Place(-103, -16, -20, 5), 14), (patient.Place(-100, -12, -100, 6), 13), (patient.Place(-84, 8, -190, 8), 14));

        Tube Part(params (Point Place, double Radius)[] path)
        {
            double size = random.Between(0.75, 1.15);
            double level = random.Happens(0.6) ? path[path.Length / 2].Place.Y + random.Within(10) : double.PositiveInfinity;
            return new Tube(Tube.Curve([.. path.Select(point => (point.Place, point.Radius * size))], 5))
            {
                Tissue = new Hollow(patient.Texture(), patient.Tissues.BowelWall - 5, 2.4, random.Between(10, 55), random.Between(40, 130), level),
                Pouches = 1 / 32.0,
            };
        }
    }

    /// <summary>Stomach and duodenum; the class "stomach" is only the stomach.</summary>
    public static IEnumerable<Shape> Stomach(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        double full = random.Between(0.75, 1.15), level = random.Between(18, 48);
        double wall = patient.Tissues.BowelWall + 5;
        Tissue filled = new Hollow(patient.Texture(), wall, 4, random.Happens(0.2) ? random.Between(120, 220) : random.Between(5, 45), random.Between(0, 45), level);
        Tissue empty = new Hollow(patient.Texture(), wall, 3, random.Between(8, 30), 8, double.PositiveInfinity);
        Point gate = patient.Place(26, 38, 8, 5, true);
        yield return new Tube(Tube.Curve([
            (gate, 11), (patient.Place(46, 16, -2, 4), 12), (patient.Place(46, 2, -36, 4), 12), (patient.Place(14, -8, -46, 4), 11), (patient.Place(-22, -2, -38, 5), 11), (patient.Place(-34, 18, -16, 5), 11)])) { Tissue = empty };
        yield return new Combined(
            [
                new Tube(Tube.Curve([(patient.Place(-56, -4, 92, 5, true), 32 * full), (patient.Place(-60, 18, 62, 5, true), 29 * full), (patient.Place(-44, 42, 28, 6, true), 23 * full), (patient.Place(-8, 50, 6, 6, true), 17 * full), (gate, 11)])) { Tissue = filled },
            ], [], 0)
        { Tissue = filled, Label = label, Relief = (patient.Texture(), 26, 3) };
        yield return new Tube((patient.Place(-4, -34, 200), 7), (patient.Place(-8, -30, 124), 7), (patient.Place(-34, -12, 100, 3, true), 9)) { Tissue = patient.Muscle() };
    }
}
