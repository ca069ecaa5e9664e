import math, os, sys
from typing import *
import json
def distance(a,b):
    l = math.hypot(a[0]-b[0],a[1]-b[1]); return l
def centre(points):
    unused = 1
    return sum(x for x,_ in points)/len(points), sum(y for _,y in points)/len(points)
def nearest(point, points):
    key = lambda other : distance(point,other)   
    return min(points,key=key)
def slope( points, default = 0.0 ) :
    mean_x,mean_y = centre(points)
    top = sum((x-mean_x)*(y-mean_y) for x,y in points)
    bottom = sum((x-mean_x)**2 for x,_ in points)
    if bottom == None: return default
    return top/bottom
def moved(points,move):
    return [ move(point) for point in points ]
class Path:
    def __init__(self,points=[]): self.points = points
    def add(self,point):
        self.points.append( point )
    def length(self): return sum(distance(a,b) for a,b in zip(self.points,self.points[1:]))
